"""The demo data set as it stands in the databases of the four services."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import pytest
from gateway.identity.passwords import verify_password
from linkage_local import seed
from linkage_local.context import Account, SeedContext
from linkage_local.keys import new_field_keys
from linkage_local.seed.counties import CountySeed
from linkage_local.seed.figures import income_line, zixing_villages
from linkage_local.seed.follow_up_loader import elimination_days
from linkage_local.seed.region_loader import store_regions
from linkage_local.seed.regions import Region, generated_county, other_counties
from linkage_local.seed.register_loader import load_register
from linkage_local.seed.rows import CountyCsv, county_csv
from monitoring_api.casework.rules import replay
from monitoring_api.look_backs.rules import quarter_end, turns
from monitoring_api.policy.rules import STAGES
from monitoring_api.visits.rules import payload_hash
from service_kit.clock import SHANGHAI, today
from service_kit.crypto import FieldCrypto
from service_kit.spec import load_spec
from service_kit.testing import database
from service_kit.validators import parse_resident_id

PACKAGES = {"monitoring": "monitoring_api", "assets": "asset_registry", "funds": "funds_ledger", "gateway": "gateway"}
ZIXING = "431081"

pytestmark = pytest.mark.xdist_group("demo data")

T = TypeVar("T")


@dataclass(frozen=True)
class Demo:
    """The loaded data set. ``ask`` and ``rows`` read as the superuser, from whom row-level security hides nothing."""

    ctx: SeedContext
    admin_urls: dict[str, str]
    accounts: list[Account]
    seconds: float

    def run(self, service: str, act: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
        async def connected() -> T:
            connection = await asyncpg.connect(self.admin_urls[service])
            try:
                await connection.execute(f"SET search_path = {service}, public")
                return await act(connection)
            finally:
                await connection.close()

        return asyncio.run(connected())

    def rows(self, service: str, sql: str, *args: Any) -> list[asyncpg.Record]:
        return self.run(service, lambda connection: connection.fetch(sql, *args))

    def ask(self, service: str, sql: str, *args: Any) -> Any:
        return self.run(service, lambda connection: connection.fetchval(sql, *args))


@pytest.fixture(scope="module")
def demo(pg_admin_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("seed")
    names = {}
    for service, package in PACKAGES.items():
        template = database.make_template(pg_admin_url, load_spec(package))
        names[service] = asyncio.run(database.clone(pg_admin_url, template))
    ctx = SeedContext(
        owner_urls={s: database.with_database(pg_admin_url, name, f"{s}_owner") for s, name in names.items()},
        service_urls={s: database.with_database(pg_admin_url, name, f"{s}_svc") for s, name in names.items()},
        field_keys_files={service: _keys_file(folder / f"{service}.json") for service in PACKAGES},
        progress=lambda text: None,
        accounts_file=folder / "accounts.json",
    )
    started = time.perf_counter()
    accounts = asyncio.run(seed.load_demo(ctx))
    seconds = time.perf_counter() - started
    admin_urls = {s: database.with_database(pg_admin_url, name) for s, name in names.items()}
    yield Demo(ctx, admin_urls, accounts, seconds)
    for name in names.values():
        asyncio.run(database.drop(pg_admin_url, name))


def _keys_file(path: Path) -> Path:
    path.write_text(json.dumps(new_field_keys()), "utf-8")
    return path


async def _store(ctx: SeedContext, county: CountySeed, regions: list[Region], content: CountyCsv) -> None:
    await store_regions(ctx, regions)
    await load_register(ctx, county, content)


class TestRegister:
    def test_every_village_recounts_to_the_published_figures(self, demo: Demo) -> None:
        counted = demo.rows(
            "monitoring",
            """
            SELECT v.village_code, v.types, v.published_population, v.published_lifted_households,
                   v.published_lifted_people, v.published_monitored_households, v.published_monitored_people,
                   sum(m.people) AS people,
                   count(*) FILTER (WHERE h.lifted) AS lifted_households,
                   coalesce(sum(m.people) FILTER (WHERE h.lifted), 0) AS lifted_people,
                   count(*) FILTER (WHERE h.monitored) AS monitored_households,
                   coalesce(sum(m.people) FILTER (WHERE h.monitored), 0) AS monitored_people
            FROM village v
            JOIN household h USING (county_code, village_code)
            CROSS JOIN LATERAL (
                SELECT count(*) AS people FROM household_member m
                WHERE m.county_code = h.county_code AND m.household_id = h.id AND m.state = 'present'
            ) m
            GROUP BY v.county_code, v.village_code
            """,
        )

        found = {row["village_code"]: row for row in counted}
        for village in zixing_villages():
            row = found.pop(village.code)
            published = (
                village.population, village.lifted_households, village.lifted_people,
                village.monitored_households, village.monitored_people,
            )  # fmt: skip
            columns = ("lifted_households", "lifted_people", "monitored_households", "monitored_people")
            assert tuple(row[name] for name in ("people", *columns)) == published
            assert tuple(row[f"published_{name}"] for name in ("population", *columns)) == published
            assert set(row["types"]) == set(village.types)
        assert not found

    def test_the_county_has_the_published_totals(self, demo: Demo) -> None:
        (totals,) = demo.rows(
            "monitoring",
            """
            SELECT (SELECT count(*) FROM household_member) AS people,
                   (SELECT count(*) FROM person_registry) AS registered,
                   count(*) FILTER (WHERE lifted) AS lifted, count(*) FILTER (WHERE monitored) AS monitored,
                   bool_and(demo) AS demo FROM household
            """,
        )

        assert tuple(totals) == (55_633, 55_633, 1_659, 119, True)

    def test_each_household_has_one_head_two_years_and_a_first_line_of_history(self, demo: Demo) -> None:
        wrong = demo.ask(
            "monitoring",
            """
            SELECT count(*) FROM household h
            WHERE (SELECT count(*) FROM household_member m WHERE m.household_id = h.id AND m.is_head) <> 1
               OR (SELECT count(*) FROM household_income i WHERE i.household_id = h.id) <> 2
               OR (SELECT array_agg((c.version, c.act)::text) FROM household_change c WHERE c.household_id = h.id)
                  <> ARRAY['(1,imported)']
            """,
        )

        assert wrong == 0

    def test_stored_numbers_decrypt_to_valid_ones_and_are_found_by_their_blind_index(self, demo: Demo) -> None:
        crypto = FieldCrypto.from_file(demo.ctx.field_keys_files["monitoring"])
        people = demo.rows(
            "monitoring", "SELECT * FROM household_member TABLESAMPLE BERNOULLI (2) REPEATABLE (7) ORDER BY id"
        )

        assert len(people) > 500
        for person in people:
            number = crypto.decrypt(person["id_number"])
            read = parse_resident_id(number)
            assert (read.birth_date, read.sex) == (person["birth_date"], person["sex"])
            assert crypto.blind_index(number) == person["id_number_index"]
            assert person["id_number_masked"] == f"{number[:6]}********{number[-4:]}"
            if person["phone"] is not None:
                assert crypto.decrypt(person["phone"])[-4:] == person["phone_masked"][-4:]

    def test_monitored_classes_lie_on_their_side_of_the_income_line(self, demo: Demo) -> None:
        per_head = demo.rows(
            "monitoring",
            """
            SELECT h.monitored_class AS class, h.lifted,
                   (i.wage + i.business + i.property + i.transfer - i.rigid_expense)
                   / (SELECT count(*) FROM household_member m WHERE m.household_id = h.id) AS fen
            FROM household h JOIN household_income i ON i.household_id = h.id AND i.year = 2025
            WHERE h.monitored
            """,
        )

        line = income_line(ZIXING)
        for row in per_head:
            assert (row["fen"] < line) == (row["class"] in ("unstable_lifted", "marginal"))
            assert row["lifted"] == (row["class"] == "unstable_lifted")

    def test_visits_carry_the_hash_of_what_the_phone_would_have_sent(self, demo: Demo) -> None:
        visits = demo.rows("monitoring", "SELECT * FROM visit")

        assert len(visits) > 300
        for visit in visits[:50]:
            clock = json.loads(visit["device_clock"])
            payload = {
                "household_id": str(visit["household_id"]),
                "visited_at": visit["visited_at"].astimezone(SHANGHAI).isoformat(),
                "device_clock": clock,
                "form_version": 1,
                "findings": json.loads(visit["findings"]),
                "location": None,
            }
            assert payload_hash(payload) == visit["payload_hash"]


class TestCasework:
    def test_each_monitored_household_has_one_person_who_helps_it(self, demo: Demo) -> None:
        helped = demo.ask(
            "monitoring",
            "SELECT count(*) FROM household h JOIN helper_assignment a"
            " ON a.household_id = h.id AND a.until IS NULL WHERE h.monitored AND h.county_code = '431081'",
        )

        assert helped == 119
        # Those whose risk was eliminated keep theirs: without a helper it could not be taken back.
        eliminated = demo.ask("monitoring", "SELECT count(*) FROM monitoring_case WHERE state = 'eliminated'")
        assert demo.ask("monitoring", "SELECT count(*) FROM helper_assignment") == helped + eliminated

    def test_cases_wait_at_every_step_and_their_state_is_the_replay_of_their_history(self, demo: Demo) -> None:
        cases = demo.rows("monitoring", "SELECT id, kind, state, version, due_on FROM monitoring_case")
        steps = demo.rows("monitoring", "SELECT case_id, from_state, action, to_state FROM case_step ORDER BY seq")

        assert {case["state"] for case in cases} == {*STAGES[1:], "eliminated"}
        for case in cases:
            moves = [tuple(step)[1:] for step in steps if step["case_id"] == case["id"]]
            assert replay(case["kind"], moves) == case["state"]
            assert len(moves) == case["version"]

    def test_every_notice_of_a_case_is_public(self, demo: Demo) -> None:
        unseen = demo.ask(
            "monitoring",
            "SELECT count(*) FROM case_notice c LEFT JOIN notice n"
            " ON n.county_code = c.county_code AND n.id = c.id WHERE n.id IS NULL",
        )

        assert unseen == 0


class TestFollowUp:
    def test_look_backs_are_overdue_due_and_done_for_households_that_are_not_monitored(self, demo: Demo) -> None:
        found = demo.rows(
            "monitoring",
            "SELECT l.state, l.opens_on, l.due_on, h.monitored"
            " FROM look_back l JOIN household h ON h.id = l.household_id",
        )

        day = today()
        assert len(found) == 8
        assert not any(turn["monitored"] for turn in found)
        assert [turn["state"] for turn in found].count("done") == 1
        waiting = [turn for turn in found if turn["state"] == "due"]
        assert any(turn["due_on"] < day for turn in waiting)
        assert any(turn["opens_on"] <= day for turn in waiting if turn["due_on"] >= day)

    @pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 3, 31), date(2026, 11, 22), date(2028, 2, 29)])
    def test_on_any_day_one_look_back_is_overdue_and_one_due_this_quarter(self, day: date) -> None:
        first, second = elimination_days(day)

        assert any(turn.due_on < day for turn in turns(first, count=4, months=3)[1:])
        assert any(day <= turn.due_on <= quarter_end(day) for turn in turns(second, count=4, months=3))

    def test_one_pair_is_to_be_decided_and_one_move_to_be_accepted(self, demo: Demo) -> None:
        pairs = demo.rows(
            "monitoring",
            """
            SELECT a.household_id <> b.household_id AS apart, (a.name, a.birth_date) = (b.name, b.birth_date) AS alike
            FROM duplicate_candidate d JOIN household_member a ON a.id = d.first_id
            JOIN household_member b ON b.id = d.second_id WHERE d.state = 'open'
            """,
        )
        moves = demo.rows(
            "monitoring",
            """
            SELECT r.member_count, count(*) AS here FROM relocation r
            JOIN household_member m ON m.household_id = r.from_household_id AND m.id = ANY (r.member_ids)
            WHERE r.state = 'pending' AND m.state = 'present' GROUP BY r.member_count
            """,
        )

        assert [tuple(pair) for pair in pairs] == [(True, True)]
        assert len(moves) == 1
        assert moves[0]["member_count"] == moves[0]["here"] > 0


class TestOtherServices:
    def test_regions_are_the_same_in_all_four(self, demo: Demo) -> None:
        listed = [demo.rows(s, "SELECT code, name, level, parent_code FROM region ORDER BY code") for s in PACKAGES]

        assert len(listed[0]) == 234
        assert all(rows == listed[0] for rows in listed)

    def test_assets_of_all_kinds_are_there_and_each_adds_up(self, demo: Demo) -> None:
        kinds = dict(demo.rows("assets", "SELECT kind, count(*) FROM asset WHERE demo GROUP BY kind"))

        assert sum(kinds.values()) >= 60
        assert set(kinds) == {"public_welfare", "operating", "household"}

    def test_household_assets_belong_to_lifted_households_of_the_register(self, demo: Demo) -> None:
        owners = demo.rows("assets", "SELECT household_id, household_head_name FROM asset WHERE kind = 'household'")

        for owner in owners:
            row = demo.rows(
                "monitoring",
                "SELECT h.lifted, m.name FROM household h"
                " JOIN household_member m ON m.household_id = h.id AND m.is_head"
                " WHERE h.id = $1",
                owner["household_id"],
            )
            assert [tuple(one) for one in row] == [(True, owner["household_head_name"])]

    def test_central_money_goes_to_industry_at_about_sixty_percent_over_a_floor_of_55(self, demo: Demo) -> None:
        pools = demo.rows("funds", "SELECT * FROM pool WHERE source_level = 'central'")

        assert {pool["year"] for pool in pools} == {2025, 2026}
        for pool in pools:
            given = pool["allocated_industry_fen"] + pool["allocated_other_fen"]
            assert pool["floor_bp"] == 5500
            assert 0.58 < pool["allocated_industry_fen"] / given < 0.63
            assert given < pool["received_fen"]

    def test_the_county_budget_is_the_35_million_yuan_of_the_plan(self, demo: Demo) -> None:
        received = demo.rows("funds", "SELECT year, received_fen FROM pool WHERE source_level = 'county' ORDER BY year")

        assert [tuple(row) for row in received] == [(2025, 3_500_000_000), (2026, 3_500_000_000)]

    def test_the_ledger_balances_and_every_allocation_is_public(self, demo: Demo) -> None:
        differing = demo.ask(
            "funds",
            """
            SELECT count(*) FROM pool p WHERE (p.allocated_industry_fen + p.allocated_other_fen) <> (
                SELECT coalesce(sum(a.amount_fen), 0) FROM allocation a
                WHERE a.county_code = p.county_code AND a.pool_id = p.id AND a.status = 'allocated')
            """,
        )
        allocations = demo.ask("funds", "SELECT count(*) FROM allocation")
        public = demo.ask("funds", "SELECT count(DISTINCT subject_id) FROM notice WHERE subject_type = 'allocation'")

        assert differing == 0
        assert allocations == public > 100

    def test_money_is_paid_by_two_persons_and_since_the_rule_only_to_planned_projects(self, demo: Demo) -> None:
        payments = dict(demo.rows("funds", "SELECT status, count(*) FROM payment GROUP BY status"))
        alone = demo.ask("funds", "SELECT count(*) FROM payment WHERE reviewed_by = created_by")
        loose = demo.ask(
            "funds", "SELECT count(*) FROM allocation WHERE created_at >= library_from AND project_id IS NULL"
        )
        ruled = demo.ask(
            "funds", "SELECT count(*) FROM allocation WHERE project_id IS NOT NULL AND notice_id IS NOT NULL"
        )

        assert set(payments) == {"requested", "approved", "paid", "returned", "refunded"}
        assert payments["paid"] > 50
        assert (alone, loose) == (0, 0)
        assert ruled >= 3


class TestAccounts:
    def test_there_is_one_for_each_role_with_a_password_that_works(self, demo: Demo) -> None:
        stored = {
            row["username"]: row
            for row in demo.rows("gateway", "SELECT username, role, region_code, password_hash FROM user_account")
        }

        assert {account["role"] for account in demo.accounts} == {
            "bureau", "township", "village_cadre", "finance", "asset_keeper", "auditor", "department_officer",
            "system_admin", "security_admin", "audit_admin",
        }  # fmt: skip
        assert set(stored) == {account["username"] for account in demo.accounts}
        for account in demo.accounts[:2]:
            row = stored[account["username"]]
            assert (row["role"], row["region_code"]) == (account["role"], account["region"])
            assert asyncio.run(verify_password(row["password_hash"], account["password"]))

    def test_passwords_differ_from_each_other(self, demo: Demo) -> None:
        assert len({account["password"] for account in demo.accounts}) == len(demo.accounts)


class TestLoading:
    def test_it_took_seconds(self, demo: Demo, record_property: Callable[[str, object], None]) -> None:
        print(f"\ndemo data loaded in {demo.seconds:.1f} s")
        record_property("load_seconds", round(demo.seconds, 1))

        assert demo.seconds < 120

    def test_a_second_time_changes_nothing(self, demo: Demo) -> None:
        tables = {
            "monitoring": ("household", "household_member", "visit", "village", "look_back", "relocation"),
            "assets": ("asset", "asset_change"),
            "funds": ("fund_document", "allocation", "transfer", "notice"),
            "gateway": ("user_account", "region"),
        }
        before = {(s, t): demo.ask(s, f"SELECT count(*) FROM {t}") for s, names in tables.items() for t in names}

        assert asyncio.run(seed.load_demo(demo.ctx)) == []

        assert before == {(s, t): demo.ask(s, f"SELECT count(*) FROM {t}") for s, t in before}

    def test_another_county_loads_beside_it(self, demo: Demo) -> None:
        county, regions = generated_county(other_counties(1)[0], 1)
        small = replace(county, villages=county.villages[:2])

        content = county_csv(small, demo.ctx.field_keys_files["monitoring"])
        asyncio.run(_store(demo.ctx, small, regions, content))

        people = demo.ask("monitoring", "SELECT count(*) FROM household_member WHERE county_code = $1", "513230")
        assert people == sum(village.population for village in small.villages)

    def test_a_county_that_fails_half_way_leaves_nothing(self, demo: Demo) -> None:
        county, regions = generated_county(other_counties(2)[1], 2)
        small = replace(county, villages=county.villages[:1])
        content = county_csv(small, demo.ctx.field_keys_files["monitoring"])
        broken = content._replace(members=content.members.replace(b",head,True,", b",head,False,", 1))

        with pytest.raises(asyncpg.CheckViolationError):
            asyncio.run(_store(demo.ctx, small, regions, broken))

        assert demo.ask("monitoring", "SELECT count(*) FROM household WHERE county_code = $1", "513232") == 0
