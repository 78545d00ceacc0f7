"""HTTP of the catalogue of regions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from service_kit.auth import Requires
from service_kit.db import DbSession, ReadDb
from service_kit.region import RegionCode
from service_kit.tokens import Actor

from gateway.identity.auth import Anyone
from gateway.identity.schemas import Region
from gateway.regions import service
from gateway.regions.schemas import RegionDetail, Regions, RegionWrite

router = APIRouter(prefix="/api/regions", tags=["regions"])

RegionsWrite = Annotated[Actor, Depends(Requires("gateway.regions:write"))]


@router.get("", summary="下级地区")
async def list_regions(
    actor: Anyone, db: ReadDb, parent: Annotated[RegionCode | None, Query(description="不填为本人所在地区")] = None
) -> Regions:
    return await service.tree(db, actor, parent)


@router.get("/search", summary="按名称、拼音首字母或代码查找地区")
async def search_regions(actor: Anyone, db: ReadDb, q: Annotated[str, Query(min_length=1, max_length=50)]) -> Regions:
    return await service.search(db, actor, q)


@router.get("/{code}", summary="一个地区及其上级")
async def get_region(actor: Anyone, db: ReadDb, code: RegionCode) -> RegionDetail:
    return await service.detail(db, actor, code)


@router.put("/{code}", summary="新增地区或改名")
async def put_region(actor: RegionsWrite, db: DbSession, code: RegionCode, change: RegionWrite) -> Region:
    """The other services hear of it within seconds."""
    return await service.put_region(db, actor, code, change)
