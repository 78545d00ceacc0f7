"""The furniture that every service stands on, seen through the smallest service."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
import pytest
from alembic import command
from sample_service.main import SPEC
from service_kit.ids import uuid7
from service_kit.migrations.commands import configuration
from service_kit.testing import ServiceUnderTest, assert_catalog_is_ready, assert_unscoped_sees_nothing
from service_kit.tokens import Signer

VILLAGE, NEIGHBOUR, ELSEWHERE = "431081106226", "431081106217", "430102001001"


def parcel(region: str = VILLAGE, **changes: Any) -> dict[str, Any]:
    return {"region_code": region, "name": "茶园", "value": "12.50"} | changes


class TestScope:
    async def test_each_actor_sees_only_its_own_region(self, sample: ServiceUnderTest) -> None:
        nation = sample.api("")
        for region in (VILLAGE, NEIGHBOUR, ELSEWHERE):
            await nation.ok("PUT", f"/parcels/{uuid7()}", json=parcel(region))

        seen = {
            scope: len((await sample.api(scope).ok("GET", "/parcels"))["items"])
            for scope in ("", "43", "431081", "431081106", VILLAGE, "51", "431081105")
        }

        assert seen == {"": 3, "43": 3, "431081": 2, "431081106": 2, VILLAGE: 1, "51": 0, "431081105": 0}

    async def test_a_write_into_a_foreign_region_is_refused_by_name(self, sample: ServiceUnderTest) -> None:
        await sample.api(VILLAGE).refused(
            "PUT", f"/parcels/{uuid7()}", 403, "region_out_of_scope", json=parcel(NEIGHBOUR)
        )

    async def test_the_database_itself_refuses_a_row_outside_the_scope(self, sample: ServiceUnderTest) -> None:
        async with sample.connection() as connection:
            await connection.execute(
                "BEGIN; SET LOCAL app.scope_lo = '431081106226'; SET LOCAL app.scope_hi = '431081106226:'"
            )
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
                await connection.execute(
                    "INSERT INTO parcel VALUES ('431081', $1, $2, 'x', 1, now(), now(), 1)", uuid7(), NEIGHBOUR
                )

    async def test_an_unset_scope_sees_nothing(self, sample: ServiceUnderTest) -> None:
        await sample.api().ok("PUT", f"/parcels/{uuid7()}", json=parcel())
        for url in (sample.service_url, sample.owner_url):
            async with sample.connection(url) as connection:
                await assert_unscoped_sees_nothing(connection, SPEC.metadata)

    async def test_the_catalogue_is_ready_to_be_distributed(self, sample: ServiceUnderTest) -> None:
        async with sample.connection(sample.owner_url) as connection:
            await assert_catalog_is_ready(connection, SPEC.metadata)

    async def test_models_and_migrations_agree(self, sample: ServiceUnderTest) -> None:
        await asyncio.to_thread(command.check, configuration(SPEC, sample.owner_url))


class TestTransaction:
    async def test_a_refused_command_leaves_nothing(self, sample: ServiceUnderTest) -> None:
        api = sample.api()
        await api.refused("PUT", f"/parcels/{uuid7()}", 422, "too_valuable", json=parcel(value="1000.01"))
        assert (await api.ok("GET", "/parcels"))["items"] == []

    async def test_what_was_acknowledged_is_there_for_the_next(self, sample: ServiceUnderTest) -> None:
        api = sample.api()
        for _ in range(20):
            made = await api.ok("PUT", f"/parcels/{uuid7()}", json=parcel())
            ids = [item["id"] for item in (await api.ok("GET", "/parcels?limit=50"))["items"]]
            assert made["id"] in ids


class TestDatabaseRestart:
    async def test_connections_that_died_while_idle_are_replaced_unnoticed(self, sample: ServiceUnderTest) -> None:
        api = sample.api()
        await asyncio.gather(*(api.ok("PUT", f"/parcels/{uuid7()}", json=parcel()) for _ in range(5)))
        async with sample.connection(sample.superuser_url) as admin:
            killed = await admin.fetch(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            assert len(killed) > 1
        await asyncio.sleep(0.3)

        await asyncio.gather(*(api.ok("PUT", f"/parcels/{uuid7()}", json=parcel()) for _ in range(5)))
        await api.ok("GET", "/parcels")


class TestIdempotency:
    async def test_the_same_key_has_one_effect_and_one_answer(self, sample: ServiceUnderTest) -> None:
        api, user = sample.api(user_id=(me := uuid7())), sample.api(user_id=me)
        key = api.as_key()
        answers = await asyncio.gather(
            *(client.ok("POST", "/parcels", json=parcel(), headers=key) for client in (api, user) for _ in range(5))
        )
        assert len({answer["id"] for answer in answers}) == 1
        assert len((await api.ok("GET", "/parcels"))["items"]) == 1

    async def test_the_same_key_for_another_body_is_a_conflict(self, sample: ServiceUnderTest) -> None:
        api = sample.api()
        key = api.as_key()
        await api.ok("POST", "/parcels", json=parcel(), headers=key)
        await api.refused("POST", "/parcels", 409, "idempotency_conflict", json=parcel(name="果园"), headers=key)

    async def test_a_failed_first_try_leaves_the_key_free(self, sample: ServiceUnderTest) -> None:
        api = sample.api()
        key = api.as_key()
        await api.refused("POST", "/parcels", 422, json=parcel(value="2000"), headers=key)
        await api.ok("POST", "/parcels", json=parcel(value="20"), headers=key)

    async def test_a_command_without_a_key_is_refused(self, sample: ServiceUnderTest) -> None:
        await sample.api().refused("POST", "/parcels", 428, "idempotency_key_required", json=parcel())

    async def test_put_twice_is_once_and_other_content_conflicts(self, sample: ServiceUnderTest) -> None:
        api, url = sample.api(), f"/parcels/{uuid7()}"
        assert await api.ok("PUT", url, json=parcel()) == await api.ok("PUT", url, json=parcel())
        await api.refused("PUT", url, 409, "already_exists", json=parcel(name="果园"))


class TestVersions:
    async def test_of_two_edits_of_one_version_one_is_refused_with_both(self, sample: ServiceUnderTest) -> None:
        api, url = sample.api(), f"/parcels/{uuid7()}"
        await api.ok("PUT", url, json=parcel())
        answers = await asyncio.gather(
            *(api.patch(url, json=parcel(name=name), headers={"If-Match": '"1"'}) for name in ("甲", "乙"))
        )
        assert sorted(answer.status_code for answer in answers) == [200, 412]

    async def test_a_late_edit_shows_what_stands_now(self, sample: ServiceUnderTest) -> None:
        api, url = sample.api(), f"/parcels/{uuid7()}"
        await api.ok("PUT", url, json=parcel())
        await api.ok("PATCH", url, json=parcel(name="甲"), headers={"If-Match": '"1"'})
        problem = await api.refused(
            "PATCH", url, 412, "version_mismatch", json=parcel(name="乙"), headers={"If-Match": '"1"'}
        )
        assert problem["current"]["name"] == "甲"
        assert problem["current_version"] == 2

    async def test_an_edit_without_a_version_is_refused(self, sample: ServiceUnderTest) -> None:
        await sample.api().refused("PATCH", f"/parcels/{uuid7()}", 428, "if_match_required", json=parcel())


class TestBadInput:
    @pytest.mark.parametrize(
        ("body", "path"),
        [
            (b'{"region_code":"431081106226","name":"x","value":12.5}', "body.value"),
            (b'{"region_code":"431081106226","name":"x","value":12}', "body.value"),
            (b'{"region_code":"431081106226","name":"","value":"1"}', "body.name"),
            (b'{"region_code":"43108","name":"x","value":"1"}', "body.region_code"),
            (b'{"region_code":"43","name":"x","value":"1"}', "body.region_code"),
            (b'{"region_code":"431081106226","name":"x","value":"1","extra":1}', "body.extra"),
            (b'{"name":"x","value":"1"}', "body.region_code"),
            (b"[]", "body"),
            (b"null", "body"),
        ],
    )
    async def test_each_wrong_field_is_named_in_chinese(self, sample: ServiceUnderTest, body: bytes, path: str) -> None:
        problem = await sample.api().refused(
            "PUT",
            f"/parcels/{uuid7()}",
            422,
            "validation_failed",
            content=body,
            headers={"Content-Type": "application/json"},
        )
        assert path in [error["path"] for error in problem["errors"]]
        assert all(any("\u4e00" <= c <= "\u9fff" for c in error["message"]) for error in problem["errors"])

    async def test_broken_json_is_said_to_be_so(self, sample: ServiceUnderTest) -> None:
        json_header = {"Content-Type": "application/json"}
        await sample.api().refused(
            "PUT", f"/parcels/{uuid7()}", 400, "bad_json", content=b'{"name": ', headers=json_header
        )

    async def test_a_nul_character_is_refused_by_the_database_and_explained(self, sample: ServiceUnderTest) -> None:
        await sample.api().refused("PUT", f"/parcels/{uuid7()}", 422, json=parcel(name="a\x00b"))

    async def test_an_oversize_body_is_413_whatever_its_length_says(self, sample: ServiceUnderTest) -> None:
        async def chunks() -> Any:
            for _ in range(40):
                yield b" " * 65_536

        await sample.api().refused("PUT", f"/parcels/{uuid7()}", 413, "body_too_large", content=chunks())
        await sample.api().refused("PUT", f"/parcels/{uuid7()}", 413, "body_too_large", content=b" " * 2_000_000)

    @pytest.mark.parametrize("bad", ["not-a-uuid", "00000000-0000-4000-8000-000000000000"])
    async def test_an_id_must_be_a_uuid7(self, sample: ServiceUnderTest, bad: str) -> None:
        await sample.api().refused("PUT", f"/parcels/{bad}", 422, "validation_failed", json=parcel())

    @pytest.mark.parametrize("query", ["limit=0", "limit=51", "limit=x", "cursor=%00", "cursor=e30", "cursor=WzFd"])
    async def test_a_made_up_page_is_refused(self, sample: ServiceUnderTest, query: str) -> None:
        await sample.api().refused("GET", f"/parcels?{query}", 422, "validation_failed")

    async def test_an_unknown_path_and_method_are_problems_too(self, sample: ServiceUnderTest) -> None:
        await sample.api().refused("GET", "/nothing", 404, "not_found")
        await sample.api().refused("DELETE", "/parcels", 405, "method_not_allowed")

    async def test_english_is_spoken_on_request(self, sample: ServiceUnderTest) -> None:
        problem = await sample.api().refused("GET", "/nothing", 404, headers={"Accept-Language": "en"})
        assert problem["title"] == "Not found, or outside your scope"

    async def test_a_fault_of_ours_says_nothing_of_its_inside(self, sample: ServiceUnderTest) -> None:
        problem = await sample.anonymous().refused("GET", "/broken", 500, "internal_error")
        assert "431081199001011234" not in str(problem)


class TestTokens:
    @pytest.mark.parametrize(
        "make",
        [
            lambda s: "",
            lambda s: "Bearer",
            lambda s: "Bearer nonsense",
            lambda s: f"Basic {s.token()}",
            lambda s: f"Bearer {s.token()[:-4]}AAAA",
        ],
    )
    async def test_a_bad_token_is_401(self, sample: ServiceUnderTest, make: Callable[[ServiceUnderTest], str]) -> None:
        header = {"Authorization": make(sample)}
        await sample.anonymous().refused("GET", "/parcels", 401, "unauthenticated", headers=header)

    async def test_an_expired_token_says_so(self, sample: ServiceUnderTest) -> None:
        header = {"Authorization": f"Bearer {sample.token(lifetime=-1)}"}
        await sample.anonymous().refused("GET", "/parcels", 401, "token_expired", headers=header)

    async def test_a_permission_is_needed(self, sample: ServiceUnderTest) -> None:
        reader = sample.api(permissions={"sample.parcels:read"})
        await reader.ok("GET", "/parcels")
        await reader.refused("PUT", f"/parcels/{uuid7()}", 403, "forbidden", json=parcel())

    async def test_a_peer_cannot_speak_in_the_gateways_name(self, sample: ServiceUnderTest) -> None:

        forged = Signer("gateway", (sample.folder / "funds.pem").read_bytes()).issue_for_service(
            {"sample.parcels:read"}
        )
        header = {"Authorization": f"Bearer {forged}"}
        await sample.anonymous().refused("GET", "/parcels", 401, "unauthenticated", headers=header)

    async def test_only_the_gateway_vouches_for_persons(self, sample: ServiceUnderTest) -> None:
        token = Signer.from_file("funds", sample.folder / "funds.pem").issue(
            subject=uuid7(),
            username="clerk",
            name="甲",
            role="bureau",
            region="",
            permissions={"sample.parcels:read"},
        )
        header = {"Authorization": f"Bearer {token}"}
        await sample.anonymous().refused("GET", "/parcels", 401, "unauthenticated", headers=header)

    async def test_a_public_door_needs_none(self, sample: ServiceUnderTest) -> None:
        assert await sample.anonymous().ok("GET", "/open") == {"hello": "world"}


class TestHealth:
    async def test_ready_means_the_database_answers(self, sample: ServiceUnderTest) -> None:
        assert (await sample.anonymous().ok("GET", "/health/ready"))["status"] == "ready"

    async def test_not_ready_when_it_does_not(self, sample: ServiceUnderTest) -> None:
        sample.ctx.read_pool.terminate()
        await sample.anonymous().refused("GET", "/health/ready", 503, "database_unreachable")


class TestLists:
    async def test_pages_meet_without_gap_or_repeat(self, sample: ServiceUnderTest) -> None:
        api = sample.api()
        made = {(await api.ok("PUT", f"/parcels/{uuid7()}", json=parcel()))["id"] for _ in range(7)}
        seen: list[str] = []
        cursor = ""
        while True:
            page = await api.ok("GET", f"/parcels?limit=3{cursor}")
            seen += [item["id"] for item in page["items"]]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert len(seen) == 7
        assert set(seen) == made

    async def test_the_number_of_queries_does_not_grow_with_the_rows(self, sample: ServiceUnderTest) -> None:
        api = sample.api()
        counts = []
        for rows in (1, 20):
            for _ in range(rows):
                await api.ok("PUT", f"/parcels/{uuid7()}", json=parcel())
            async with sample.counted_queries() as statements:
                await api.ok("GET", "/parcels?limit=50")
            counts.append(len(statements))
        assert counts[0] == counts[1] > 0
