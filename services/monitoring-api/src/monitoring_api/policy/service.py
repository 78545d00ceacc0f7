"""Use cases of the rules: read what holds, set what shall hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from service_kit import audit
from service_kit.auth import ensure_in_scope
from service_kit.clock import SHANGHAI, now
from service_kit.errors import AlreadyExists, NotFound
from service_kit.tokens import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from monitoring_api.policy import repository, rules
from monitoring_api.policy.models import PolicyProfile, PolicySetting
from monitoring_api.policy.schemas import Policy, Profile, Rule, Setting, SettingCreate, shown


@dataclass(frozen=True, slots=True)
class PolicyOn:
    """All that holds in a county on a day; what a case keeps of it is ``snapshot``."""

    profile: PolicyProfile
    rules: Mapping[str, rules.Effective]

    @property
    def income_line(self) -> int:
        """Fen per head and year."""
        return int(self.rules["income_line"].value["fen"])

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
    return PolicyOn(known[chosen.code], rules.effective(chosen, defaults, settings, day))


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
    session: AsyncSession, actor: Actor, county_code: str, setting_id: UUID, body: SettingCreate
) -> tuple[Setting, bool]:
    """Let a value hold from a day on; returns it and whether it is new.

    Raises:
        RegionOutOfScope: the county is not the actor's, or the actor's region is only a part of it.
        AlreadyExists: the id belongs to another setting.
    """
    ensure_in_scope(actor, county_code)
    known = await repository.find_setting(session, county_code, setting_id)
    if known is not None:
        same = (known.key, known.value, known.valid_from, known.reason)
        if same != (body.value.key, body.value.stored(), body.valid_from, body.reason):
            raise AlreadyExists()
        return _read(known), False
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


def _ensure_seen(actor: Actor, county_code: str) -> None:
    if not (county_code.startswith(actor.region) or actor.region.startswith(county_code)):
        raise NotFound()


def _read(setting: PolicySetting) -> Setting:
    fields = {name: getattr(setting, name) for name in Setting.model_fields}
    at = setting.recorded_at.astimezone(SHANGHAI)
    return Setting.model_validate(fields | {"value": shown(setting.key, setting.value), "recorded_at": at})
