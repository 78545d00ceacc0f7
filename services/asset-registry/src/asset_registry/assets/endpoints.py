"""HTTP of the ledgers."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response, status
from service_kit.auth import Context
from service_kit.db import DbSession, ReadDb
from service_kit.db.statement import region_of
from service_kit.errors import NotFound
from service_kit.ids import Uuid7
from service_kit.json import JsonBytes
from service_kit.pagination import Page, Paging
from service_kit.region import RegionCode
from service_kit.versions import IfMatch, set_etag

from asset_registry.assets import views
from asset_registry.assets.auth import AssetsRead, AssetsWrite
from asset_registry.assets.schemas import Asset, AssetCreate, AssetUpdate, HistoryLine
from asset_registry.assets.service.correct import correct_asset
from asset_registry.assets.service.records import Written
from asset_registry.assets.service.register import register_asset
from asset_registry.terms import AssetKind, AssetStatus

router = APIRouter(prefix="/assets", tags=["assets"])


@router.get("", response_model=Page[Asset], summary="资产台账")
async def list_assets(
    actor: AssetsRead,
    db: ReadDb,
    paging: Paging,
    region: Annotated[RegionCode | None, Query(description="此地区及其下级；默认为本辖区")] = None,
    kind: Annotated[AssetKind | None, Query(description="资产类别")] = None,
    status: Annotated[AssetStatus | None, Query(description="状态")] = None,
    household_id: Annotated[UUID | None, Query(description="到户类资产所属农户")] = None,
    q: Annotated[str | None, Query(max_length=50, description="名称、拼音首字母或编号")] = None,
) -> Response:
    filters = views.Filters(region_of(actor, region), kind, status, household_id, q)
    return JsonBytes(await views.list_assets(db, filters, paging))


@router.get("/{asset_id}", response_model=Asset, summary="资产卡片")
async def get_asset(actor: AssetsRead, db: ReadDb, asset_id: UUID) -> Response:
    found = await views.get_asset(db, actor.region, asset_id)
    if found is None:
        raise NotFound()
    return _answer(Written(*found, created=False))


@router.put(
    "/{asset_id}", response_model=Asset, responses={201: {"model": Asset}}, summary="登记资产（编号由客户端生成）"
)
async def put_asset(
    actor: AssetsWrite, session: DbSession, ctx: Context, asset_id: Uuid7, body: AssetCreate
) -> Response:
    return _answer(await register_asset(session, actor, ctx.crypto, asset_id, body))


@router.patch("/{asset_id}", response_model=Asset, summary="更正资产信息")
async def patch_asset(
    actor: AssetsWrite, session: DbSession, asset_id: UUID, expected: IfMatch, body: AssetUpdate
) -> Response:
    return _answer(await correct_asset(session, actor, asset_id, expected, body))


@router.get("/{asset_id}/history", response_model=Page[HistoryLine], summary="资产变更记录")
async def list_asset_history(actor: AssetsRead, db: ReadDb, paging: Paging, asset_id: UUID) -> Response:
    page = await views.list_history(db, actor.region, asset_id, paging)
    if page is None:
        raise NotFound()
    return JsonBytes(page)


def _answer(written: Written) -> Response:
    response = JsonBytes(written.body, status.HTTP_201_CREATED if written.created else status.HTTP_200_OK)
    set_etag(response, written.version)
    return response
