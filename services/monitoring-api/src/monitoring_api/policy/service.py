"""Use cases of the rules: read what holds, set what shall hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from service_kit import audit
from service_kit.auth import ensure_in_scope
from service_kit.clock import SHANGHAI, now
from service_kit.errors import AlreadyExists, FieldError, NotFound, ValidationFailed
from service_kit.tokens import Actor
from service_kit.versions import check_version
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.households.repository import monitored_classes, risk_kinds
from monitoring_api.households.rules import RiskRule
from monitoring_api.policy import repository, rules
from monitoring_api.policy.models import PolicyProfile, PolicySetting
from monitoring_api.policy.schemas import Policy, Profile, Rule, Setting, SettingCreate, Words, shown


@dataclass(frozen=True, slots=True)
class PolicyOn:
    """All that holds in a county on a day; what a case keeps of it is ``snapshot``."""

    profile: PolicyProfile
    rules: Mapping[str, rules.Effective]
    defaults: Mapping[str, Mapping[str, Any]]

    @property
    def income_line(self) -> int:
        """Fen per head and year."""
        return int(self.rules["income_line"].value["fen"])

    @property
    def risks(self) -> dict[str, str]:
        """Names of the risks in use, by code, in the order of screens."""
        return {item["code"]: item["name"] for item in self.rules["risk_points"].value["items"]}

    def snapshot(self) -> dict[str, Any]:
        """The values by key, for the case that is opened under them."""
        return {key: dict(rule.value) for key, rule in sorted(self.rules.items())}


async def policy_on(session: AsyncSession, county_code: str, day: date) -> PolicyOn:
    """Raises: NotFound when no profile covers the day."""
    known = {profile.code: profile for profile in await repository.profiles(session)}
    chosen = rules.profile_on(known.values(), day)
    if chosen is None:
        raise NotFound()
    defaults = await repository.defaults_of(session, chosen.code)
    settings = await repository.settings_of(session, county_code)
    return PolicyOn(known[chosen.code], rules.effective(chosen, defaults, settings, day), defaults)


async def get_words(session: AsyncSession, region: str, day: date) -> Words:
    """What things are called in a region; above counties in the words of the nation, and with what its counties add.

    Raises: NotFound when no profile covers the day.
    """
    county_code = region[:6] if len(region) >= 6 else ""
    found = await policy_on(session, county_code, day)
    names = found.rules["class_names"].value
    in_use = found.risks
    former = await named_risks(session, region[:6])
    return Words.model_validate(
        {
            "profile_code": found.profile.code,
            "profile_name": found.profile.name,
            "object_name": found.profile.object_name,
            "fund_name": found.profile.fund_name,
            "income_line": found.income_line,
            "classes": [
                {"code": code, "name": names.get(code, row.name), "in_use": True}
                for code, row in sorted((await monitored_classes(session)).items(), key=lambda pair: pair[1].position)
            ],
            "risks": [{"code": code, "name": name, "in_use": True} for code, name in in_use.items()]
            + [{"code": code, "name": name, "in_use": False} for code, name in former.items() if code not in in_use],
        }
    )


@dataclass(frozen=True, slots=True)
class OwnRisk:
    """A risk that a county watches beside those of the national catalogue."""

    code: str
    name: str
    valid_from: date = date.min
    valid_to: date | None = None


async def known_risks(session: AsyncSession, county_code: str) -> dict[str, RiskRule]:
    """Every risk that a household of the county may carry: the catalogue's with its dates, and the county's own."""
    catalogue: dict[str, RiskRule] = dict(await risk_kinds(session))
    named = await named_risks(session, county_code)
    return {code: OwnRisk(code, name) for code, name in named.items()} | catalogue


async def ensure_risks_known(session: AsyncSession, county_code: str, risks: Sequence[str]) -> None:
    """Raises: ValidationFailed with the place of each finding that neither the catalogue nor the county names."""
    known = await known_risks(session, county_code)
    errors = [
        FieldError(f"body.findings.risks.{index}", "risk_unknown", "没有这项风险")
        for index, risk in enumerate(risks)
        if risk not in known
    ]
    if errors:
        raise ValidationFailed(errors=errors)


async def named_risks(session: AsyncSession, county_code: str) -> dict[str, str]:
    """Every risk that the catalogue or the county has ever named, by code, with its latest name.

    Of a province or prefecture: what its counties have named beside the catalogue.
    """
    catalogue = {code: row.name for code, row in (await risk_kinds(session)).items()}
    if 0 < len(county_code) < 6:
        settings = await repository.risk_settings_inside(session, county_code)
    else:
        settings = await repository.settings_of(session, county_code)
    named: dict[str, str] = {}
    for setting in reversed(settings):
        if setting.key == "risk_points":
            named |= {item["code"]: item["name"] for item in setting.value["items"]}
    return named | catalogue if len(county_code) < 6 else catalogue | named


async def get_policy(session: AsyncSession, actor: Actor, county_code: str, day: date) -> Policy:
    """What holds in a county on a day.

    Raises:
        NotFound: the county has no part in the actor's region, or no profile covers the day.
    """
    _ensure_seen(actor, county_code)
    found = await policy_on(session, county_code, day)
    return Policy(
        county_code=county_code,
        on=day,
        profile=Profile.model_validate(found.profile),
        income_line=found.income_line,
        rules=[
            Rule.model_validate(
                {
                    "key": key,
                    "value": shown(key, rule.value),
                    "since": rule.since,
                    "own": rule.setting is not None,
                    "setting_id": getattr(rule.setting, "id", None),
                    "default": shown(key, found.defaults[key]),
                }
            )
            for key, rule in sorted(found.rules.items())
        ],
    )


async def list_settings(session: AsyncSession, actor: Actor, county_code: str) -> list[Setting]:
    """Every setting that a county ever made, the newest first.

    Raises:
        NotFound: the county has no part in the actor's region.
    """
    _ensure_seen(actor, county_code)
    return [_read(setting) for setting in await repository.settings_of(session, county_code)]


async def list_profiles(session: AsyncSession) -> list[Profile]:
    return [Profile.model_validate(row) for row in await repository.profiles(session)]


async def set_rule(
    session: AsyncSession,
    actor: Actor,
    county_code: str,
    setting_id: UUID,
    body: SettingCreate,
    seen: int | None = None,
) -> tuple[Setting, bool]:
    """Let a value hold from a day on; returns it and whether it is new.

    Args:
        seen: how many settings of the rule the person has seen; None when nobody has looked.

    Raises:
        RegionOutOfScope: the county is not the actor's, or the actor's region is only a part of it.
        AlreadyExists: the id belongs to another setting.
        VersionMismatch: somebody has set the rule since; with that setting and this one.
    """
    ensure_in_scope(actor, county_code)
    known = await repository.find_setting(session, county_code, setting_id)
    if known is not None:
        same = (known.key, known.value, known.valid_from, known.reason)
        if same != (body.value.key, body.value.stored(), body.valid_from, body.reason):
            raise AlreadyExists()
        return _read(known), False
    if seen is not None:
        await _ensure_seen_all(session, county_code, body, seen)
    setting = PolicySetting(
        county_code=county_code,
        id=setting_id,
        key=body.value.key,
        value=body.value.stored(),
        valid_from=body.valid_from,
        recorded_at=now(),
        actor_id=actor.id,
        actor_name=actor.name,
        reason=body.reason,
    )
    setting.revision = await repository.last_revision(session, setting) + 1
    session.add(setting)
    await session.flush()
    await audit.record(
        session,
        actor,
        action="policy.set",
        subject_type="policy",
        subject_id=setting_id,
        region_code=county_code,
        detail={"key": setting.key, "value": setting.value, "valid_from": setting.valid_from.isoformat()},
    )
    return _read(setting), True


async def _ensure_seen_all(session: AsyncSession, county_code: str, body: SettingCreate, seen: int) -> None:
    made = [s for s in await repository.settings_of(session, county_code) if s.key == body.value.key]
    newest = max(made, key=lambda s: s.recorded_at, default=None)
    view = None if newest is None else _read(newest).model_dump(mode="json")
    yours = body.model_dump(mode="json") | {"value": shown(body.value.key, body.value.stored())}
    check_version(len(made), seen, current_view=view, yours=yours)


def _ensure_seen(actor: Actor, county_code: str) -> None:
    if not (county_code.startswith(actor.region) or actor.region.startswith(county_code)):
        raise NotFound()


def _read(setting: PolicySetting) -> Setting:
    fields = {name: getattr(setting, name) for name in Setting.model_fields}
    at = setting.recorded_at.astimezone(SHANGHAI)
    return Setting.model_validate(fields | {"value": shown(setting.key, setting.value), "recorded_at": at})
