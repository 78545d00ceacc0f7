"""Kinds of exports of the sample."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from pydantic import Field
from service_kit.errors import Unprocessable
from service_kit.exports import Built, Column, ExportKind, ExportRun, Order, write_sheet
from service_kit.files.media import XLSX
from service_kit.schemas import ApiModel
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

COLUMNS = (Column("编号", 40), Column("地区", 16), Column("金额（元）", 14, "money"))


class Params(ApiModel):
    title: Annotated[str, Field(min_length=1, max_length=30)]
    fail: str = ""


async def order(session: AsyncSession, actor: Actor, params: Params) -> Order:
    if params.title == "refuse":
        raise Unprocessable("这样不行")
    return Order(params.title, actor.region, {"wish": "short"})


async def build(run: ExportRun, params: Params) -> Built:
    match params.fail:
        case "refused":
            raise Unprocessable("太多了，请缩小范围")
        case "defect":
            raise RuntimeError("张三 431081199001011234")
        case "database":
            raise ConnectionResetError
    rows: list[tuple[Any, ...]] = []
    async with run.reading() as db:
        for number, row in enumerate(await db.rows("SELECT id::text, region_code FROM report ORDER BY id")):
            rows.append((row["id"], row["region_code"], number * 100 + 1))
            await run.progress(0.5)
    path = run.folder / "reports.xlsx"
    count = await asyncio.to_thread(write_sheet, path, title=params.title, columns=COLUMNS, rows=rows)
    return Built(path, ".xlsx", XLSX, count)


EXPORTS = {"reports": ExportKind("报告清单", "sample.reports:read", Params, order, build)}
