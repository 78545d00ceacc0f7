"""Demo accounts: one for each duty in Zixing, with a password that only this installation has."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple
from uuid import UUID

from gateway.identity.passwords import hash_password
from service_kit.bulk import copy_rows

from linkage_local.context import Account, SeedContext
from linkage_local.seed.counties import CountySeed
from linkage_local.seed.loading import owner_transaction
from linkage_local.seed.rows import LOADED_AT


class DemoUser(NamedTuple):
    """Who signs in, in which role, for which region."""

    username: str
    name: str
    role: str
    region: str


DEMO_USERS = (
    DemoUser("bureau", "资兴市农业农村局（演示）", "bureau", "431081"),
    DemoUser("chenzhou", "郴州市农业农村局（演示）", "bureau", "4310"),
    DemoUser("zhoumensi", "州门司镇（演示）", "township", "431081106"),
    DemoUser("daotang", "道塘村村干部（演示）", "village_cadre", "431081106226"),
    DemoUser("tuanjie", "团结村村干部（演示）", "village_cadre", "431081219214"),
    DemoUser("finance", "资兴市财政局（演示）", "finance", "431081"),
    DemoUser("assets", "资兴市资产管护（演示）", "asset_keeper", "431081"),
    DemoUser("auditor", "资兴市纪委监委（演示）", "auditor", "431081"),
    DemoUser("officer", "资兴市医保局数据员（演示）", "department_officer", "431081"),
    DemoUser("sysadmin", "系统管理员（演示）", "system_admin", "431081"),
    DemoUser("secadmin", "安全管理员（演示）", "security_admin", "431081"),
    DemoUser("auditadmin", "审计管理员（演示）", "audit_admin", "431081"),
)
_CONSONANTS = "bdfghjkmnprstvz"
_VOWELS = "aeiou"
_COLUMNS = (
    "id", "username", "name", "role", "region_code", "password_hash", "authorised_at", "disabled", "version",
    "created_at", "updated_at",
)  # fmt: skip


def readable_password() -> str:
    """Three groups of two syllables and three digits, about 47 bits: easy to type from a screen."""
    groups = ("".join(secrets.choice(_CONSONANTS) + secrets.choice(_VOWELS) for _ in range(2)) for _ in range(3))
    return f"{'-'.join(groups)}-{secrets.randbelow(900) + 100}"


def user_ids(county: CountySeed) -> dict[str, UUID]:
    """Id of each demo user by username; the same in every installation, so that demo rows can name their makers."""
    ids = county.ids("account", 0)
    return {user.username: ids.take() for user in DEMO_USERS}


async def load_accounts(ctx: SeedContext, county: CountySeed) -> list[Account]:
    """Make the accounts and return them with their passwords; an empty list when they are there already."""
    async with owner_transaction(ctx, "gateway") as connection:
        if await connection.fetchval(
            "SELECT EXISTS (SELECT FROM user_account WHERE username = ANY($1))", [user.username for user in DEMO_USERS]
        ):
            return []
        passwords = {user.username: readable_password() for user in DEMO_USERS}
        with ThreadPoolExecutor(2) as threads:
            hashes = dict(zip(passwords, threads.map(hash_password, passwords.values()), strict=True))
        ids = user_ids(county)
        rows = [
            (
                ids[user.username], user.username, user.name, user.role, user.region, hashes[user.username],
                LOADED_AT, False, 1, LOADED_AT, LOADED_AT,
            )
            for user in DEMO_USERS
        ]  # fmt: skip
        await copy_rows(connection, "user_account", _COLUMNS, rows)
    return [
        Account(username=user.username, password=passwords[user.username], role=user.role, region=user.region)
        for user in DEMO_USERS
    ]
