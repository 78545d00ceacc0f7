"""What takes files here."""

from __future__ import annotations

from service_kit.attachments import Subject, located_in

from funds_ledger.allocations.models import Allocation
from funds_ledger.clues.models import Clue
from funds_ledger.clues.rules import RAISE
from funds_ledger.documents.models import FundDocument
from funds_ledger.payments.models import Payment

SUBJECTS = {
    "document": Subject(
        title="资金文件",
        read="funds.documents:read",
        write="funds.documents:write",
        locate=located_in(FundDocument, "county_code"),
    ),
    "allocation": Subject(
        title="资金安排",
        read="funds.allocations:read",
        write="funds.allocations:write",
        locate=located_in(Allocation),
    ),
    "payment": Subject(
        title="拨付申请",
        read="funds.payments:read",
        write="funds.payments:write",
        locate=located_in(Payment),
    ),
    "clue": Subject(
        title="问题线索",
        read="funds.clues:read",
        write=RAISE,
        locate=located_in(Clue),
        personal=True,
    ),
}
