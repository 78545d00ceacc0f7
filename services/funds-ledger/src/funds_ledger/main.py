"""The funds ledger: knows money."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from service_kit import notices
from service_kit.app import build_app
from service_kit.attachments import attachment_router
from service_kit.audit_api import audit_router
from service_kit.objections_api import objection_router
from service_kit.spec import ServiceSpec

from funds_ledger.acceptance import endpoints as acceptance
from funds_ledger.allocations import endpoints as allocations
from funds_ledger.clues import endpoints as clues
from funds_ledger.consumers import CONSUMERS
from funds_ledger.db import Base
from funds_ledger.documents import endpoints as documents
from funds_ledger.errors import CONSTRAINT_ERRORS
from funds_ledger.events import LoanOverdue, ProjectAccepted
from funds_ledger.factors import endpoints as factors
from funds_ledger.files import SUBJECTS
from funds_ledger.floors import endpoints as floors
from funds_ledger.land_revenue import endpoints as land_revenue
from funds_ledger.ledger import endpoints as ledger
from funds_ledger.microloans import endpoints as microloans
from funds_ledger.overview import endpoints as overview
from funds_ledger.payments import endpoints as payments
from funds_ledger.payouts import endpoints as payouts
from funds_ledger.payouts import runs as payout_runs
from funds_ledger.persons import endpoints as persons
from funds_ledger.plans import endpoints as plans
from funds_ledger.pools import endpoints as pools
from funds_ledger.projects import endpoints as projects
from funds_ledger.publication import endpoints as publication
from funds_ledger.reconciliation import endpoints as reconciliation
from funds_ledger.reconciliation.exports import EXPORTS as RECONCILIATION_EXPORTS
from funds_ledger.standards import endpoints as standards
from funds_ledger.trail import endpoints as trail

SPEC = ServiceSpec(
    name="funds",
    package="funds_ledger",
    title="衔接资金台账",
    metadata=Base.metadata,
    migrations=Path(__file__).parents[2] / "migrations",
    routers=[
        documents.router,
        pools.router,
        floors.router,
        allocations.router,
        payments.router,
        persons.router,
        standards.router,
        payouts.router,
        payout_runs.router,
        microloans.router,
        projects.router,
        acceptance.router,
        plans.router,
        factors.router,
        publication.router,
        ledger.router,
        reconciliation.router,
        clues.router,
        land_revenue.router,
        trail.router,
        overview.router,
        notices.router,
        attachment_router("funds", SUBJECTS),
        objection_router("funds", series="4"),
        audit_router("funds"),
    ],
    constraint_errors=CONSTRAINT_ERRORS,
    consumers=CONSUMERS,
    exports=RECONCILIATION_EXPORTS,
    subscribers={ProjectAccepted.type: ["assets"], LoanOverdue.type: ["monitoring"]},
)


def create_app() -> FastAPI:
    return build_app(SPEC)
