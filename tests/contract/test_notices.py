"""What the services publish, the public pages can name."""

from __future__ import annotations

from funds_ledger.allocations.announcement import ALLOCATION, REVERSAL
from gateway.gongshi.notices import Notice, NoticeRow
from gateway.gongshi.terms import service_of
from monitoring_api.casework.service.stepping import NOTICE_KIND
from service_kit import notices


class TestNotices:
    def test_every_kind_has_a_name(self) -> None:
        assert {service_of(kind) for kind in (ALLOCATION, REVERSAL)} == {"funds"}
        assert service_of(NOTICE_KIND) == "monitoring"

    def test_have_all_that_the_pages_read(self) -> None:
        assert set(NoticeRow.model_fields) <= set(notices.NoticeRow.model_fields)
        assert set(Notice.model_fields) <= set(notices.Notice.model_fields)
