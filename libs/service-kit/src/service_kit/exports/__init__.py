"""Exports 导出: a server job that makes a file, with progress and an audit entry.

A service names its kinds in ``ServiceSpec.exports`` and mounts the table: ``exports.mount(Base.metadata)``,
``create_export_table`` in a migration. The job sees what the person who ordered it sees, in one snapshot. The file is
kept for ``export_days`` and its line for good.
"""

from service_kit.exports.jobs import Built, ExportRun
from service_kit.exports.kinds import ExportKind, Order
from service_kit.exports.pdf import PdfMaker, Template
from service_kit.exports.sheets import Column, write_sheet
from service_kit.exports.tables import export_job, mount

__all__ = [
    "Built",
    "Column",
    "ExportKind",
    "ExportRun",
    "Order",
    "PdfMaker",
    "Template",
    "export_job",
    "mount",
    "write_sheet",
]
