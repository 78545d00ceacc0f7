"""Refusals of this service, and which constraint of the database means which."""

from __future__ import annotations

from service_kit import attachments
from service_kit.errors import AlreadyExists, Conflict, FieldError, NotFound, Unprocessable, ValidationFailed
from service_kit.problems import ConstraintErrors


class AssetCodeTaken(Conflict):
    code = "asset_code_taken"
    title, title_en = "本县已有这个资产编号", "This asset number is taken in the county"


class CompositionMismatch(Unprocessable):
    """Carries ``original_value``, ``composition_total`` and ``difference`` in yuan."""

    code = "composition_mismatch"
    title, title_en = "资金构成合计与资产原值不符", "The fund composition does not add up to the original value"


class RegionUnknown(Unprocessable):
    code = "region_unknown"
    title, title_en = "没有这个地区，请先在区划中登记", "No such region"


class AlreadyRegistered(Conflict):
    code = "already_registered"
    title, title_en = "该项资产已经登记", "This asset has been registered already"


def _contract_period() -> ValidationFailed:
    return ValidationFailed(errors=[FieldError("body.contract_to", "period", "合同到期日不能早于起始日")])


def _wrong_kind() -> ValidationFailed:
    return ValidationFailed(errors=[FieldError("body.kind", "fields_of_kind", "填写的内容与资产类别不符")])


CONSTRAINT_ERRORS: ConstraintErrors = {
    **attachments.CONSTRAINT_ERRORS,
    "asset_pkey": AlreadyExists,
    "uq_asset_code": AssetCodeTaken,
    "uq_asset_pending": AlreadyRegistered,
    "uq_asset_change_version": Conflict,
    "fk_asset_region": RegionUnknown,
    "fk_asset_change_asset": NotFound,
    "ck_asset_composition": CompositionMismatch,
    "ck_asset_contract_period": _contract_period,
    "ck_asset_fields_of_kind": _wrong_kind,
    "ck_asset_household": _wrong_kind,
}
"""Constraints that a caller can meet; the others repeat what request models have already refused."""
