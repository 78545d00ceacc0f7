"""Entering, correcting, finding and summing assets."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from service_kit.ids import uuid7
from service_kit.testing import ServiceUnderTest

WRONG_ENTRIES: list[tuple[dict[str, Any], str]] = [
    ({"kind": "other"}, "body.kind"),
    ({"kind": None}, "body.kind"),
    ({"status": "disposed"}, "body.status"),
    ({"name": ""}, "body.name"),
    ({"name": "长" * 101}, "body.name"),
    ({"name": 1}, "body.name"),
    ({"code": "中文"}, "body.code"),
    ({"region_code": "43"}, "body.region_code"),
    ({"region_code": "43108x"}, "body.region_code"),
    ({"original_value": 1000}, "body.original_value"),
    ({"original_value": "0"}, "body.original_value"),
    ({"original_value": "-5.00"}, "body.original_value"),
    ({"original_value": "1.001"}, "body.original_value"),
    ({"original_value": "9" * 40}, "body.original_value"),
    ({"fund_composition": []}, "body.fund_composition"),
    ({"fund_composition": [{"source_level": "moon", "year": 2025, "amount": "1"}]}, "source_level"),
    ({"fund_composition": [{"source_level": "central", "year": 1, "amount": "1"}]}, "year"),
    ({"fund_composition": [{"source_level": "central", "year": 2025, "amount": "0.00"}]}, "amount"),
    ({"fund_composition": [{"source_level": "central", "year": 2025, "amount": "1", "x": 1}]}, "0.x"),
    ({"built_on": "2999-01-01"}, "body.built_on"),
    ({"built_on": "yesterday"}, "body.built_on"),
    ({"title_confirmed": "yes"}, "body.title_confirmed"),
    ({"yearly_rent": "1.00"}, "body.yearly_rent"),
    ({"household_id": "1"}, "body.household_id"),
    ({"upkeep_budget": "-1"}, "body.upkeep_budget"),
    ({"colour": "red"}, "body.colour"),
]

WRONG_CHANGES: list[tuple[Any, str]] = [
    ({"name": None}, "body.name"),
    ({"kind": "operating"}, "body.kind"),
    ({"region_code": "431081105"}, "body.region_code"),
    ({"status": "disposed"}, "body.status"),
    ({"operator_name": "合作社"}, "body.operator_name"),
    ({"fund_composition": None}, "body.fund_composition"),
    ({"built_on": "2999-01-01"}, "body.built_on"),
    ({"reason": "x"}, "body.reason"),
    ([], "body"),
]


class TestRegister:
    @pytest.mark.parametrize("kind", ["public_welfare", "operating", "household"])
    async def test_what_was_entered_is_shown(self, service: ServiceUnderTest, ledgers: Any, kind: str) -> None:
        body = ledgers.body(kind, project_name="燕窝村产业路", location="燕窝村三组", built_on="2025-08-01")
        api = service.api()

        response = await api.put(f"/assets/{uuid7()}", json=body)

        assert response.status_code == 201
        assert response.headers["etag"] == '"1"'
        asset = response.json()
        lines = [line | {"document_number": None} for line in body.pop("fund_composition")]
        assert {name: asset[name] for name in body} == body
        assert asset["fund_composition"] == lines
        assert (asset["region_name"], asset["county_code"]) == ("燕窝村", "431081")
        assert (asset["status"], asset["title_confirmed"], asset["demo"]) == ("in_use", False, False)
        assert asset["created_at"].endswith("+08:00")
        assert await api.ok("GET", f"/assets/{asset['id']}") == asset

    async def test_several_sources_are_kept_in_their_order(self, ledgers: Any) -> None:
        lines = [
            {"source_level": "provincial", "year": 2024, "amount": "0.01", "document_number": "湘财〔2024〕1号"},
            {"source_level": "central", "year": 2025, "amount": "999.99", "document_number": None},
        ]
        asset = await ledgers.register(fund_composition=lines)
        assert asset["fund_composition"] == lines

    async def test_the_same_request_again_has_no_further_effect(self, service: ServiceUnderTest, ledgers: Any) -> None:
        asset_id, body, api = uuid7(), ledgers.body(), service.api()

        answers = await asyncio.gather(*(api.put(f"/assets/{asset_id}", json=body) for _ in range(4)))

        assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
        assert len({answer.text for answer in answers}) == 1
        assert len((await api.ok("GET", f"/assets/{asset_id}/history"))["items"]) == 1

    async def test_other_content_under_the_same_id_is_a_conflict(self, service: ServiceUnderTest, ledgers: Any) -> None:
        asset_id, api = uuid7(), service.api()
        await api.ok("PUT", f"/assets/{asset_id}", json=ledgers.body())
        await api.refused("PUT", f"/assets/{asset_id}", 409, "already_exists", json=ledgers.body())

    async def test_a_number_is_used_once_in_a_county(self, service: ServiceUnderTest, ledgers: Any) -> None:
        await ledgers.register(code="A-1")
        body = ledgers.body(code="A-1", region_code="431081105")
        await service.api().refused("PUT", f"/assets/{uuid7()}", 409, "asset_code_taken", json=body)
        await ledgers.register(code="A-1", region_code="431003101")

    async def test_a_composition_that_does_not_add_up_says_by_how_much(
        self, service: ServiceUnderTest, ledgers: Any
    ) -> None:
        body = ledgers.body(original_value="1000.01")
        problem = await service.api().refused("PUT", f"/assets/{uuid7()}", 422, "composition_mismatch", json=body)
        assert problem["difference"] == "-0.01"
        assert "少 0.01 元" in problem["detail"]

    async def test_is_told_to_others_recorded_and_audited(self, service: ServiceUnderTest, ledgers: Any) -> None:
        asset = await ledgers.register()
        async with service.connection() as connection:
            event = await connection.fetchrow("SELECT type, subject, data FROM outbox_event")
            entry = await connection.fetchrow("SELECT action, subject_id, region_code, detail FROM audit_entry")
        assert (event["type"], event["subject"]) == ("asset.registered", asset["id"])
        assert '"original_value_fen": 100000' in event["data"]
        assert tuple(entry)[:3] == ("asset.registered", asset["id"], asset["region_code"])
        assert "燕窝村委会" not in entry["detail"], "an audit entry names fields, never values"

    async def test_an_unknown_region_is_refused(self, service: ServiceUnderTest, ledgers: Any) -> None:
        body = ledgers.body(region_code="431081999")
        await service.api().refused("PUT", f"/assets/{uuid7()}", 422, "region_unknown", json=body)

    async def test_each_wrong_field_is_named_in_chinese(self, service: ServiceUnderTest, ledgers: Any) -> None:
        api = service.api()
        for changes, path in WRONG_ENTRIES:
            problem = await api.refused(
                "PUT", f"/assets/{uuid7()}", 422, "validation_failed", json=ledgers.body(**changes)
            )
            assert any(path in error["path"] for error in problem["errors"]), (changes, problem)
            assert all(any("一" <= c <= "鿿" for c in error["message"]) for error in problem["errors"]), problem
        assert (await api.ok("GET", "/assets"))["items"] == []

    async def test_what_cannot_be_stored_is_explained(self, service: ServiceUnderTest, ledgers: Any) -> None:
        for field in ("name", "category"):
            body = ledgers.body(**{field: "a\x00b"})
            await service.api().refused("PUT", f"/assets/{uuid7()}", 422, json=body)
        line = {"source_level": "central", "year": 2025, "amount": "1000.00", "document_number": "a\x00b"}
        body = ledgers.body(fund_composition=[line])
        await service.api().refused("PUT", f"/assets/{uuid7()}", 422, json=body)


class TestCorrect:
    async def test_changes_what_is_sent_and_keeps_history(self, service: ServiceUnderTest, ledgers: Any) -> None:
        asset, api = await ledgers.register(), service.api(name="李四")
        url = f"/assets/{asset['id']}"

        changed = await api.ok(
            "PATCH", url, headers={"If-Match": '"1"'}, json={"status": "damaged", "keeper": None, "reason": "山洪冲毁"}
        )

        assert (changed["status"], changed["keeper"], changed["version"]) == ("damaged", None, 2)
        history = (await api.ok("GET", f"{url}/history"))["items"]
        assert [(line["version"], line["act"]) for line in history] == [(2, "corrected"), (1, "registered")]
        assert history[0]["changes"] == [
            {"field": "status", "before": "in_use", "after": "damaged"},
            {"field": "keeper", "before": "燕窝村委会", "after": None},
        ]
        assert (history[0]["actor_name"], history[0]["reason"]) == ("李四", "山洪冲毁")

    async def test_value_and_composition_change_together(self, service: ServiceUnderTest, ledgers: Any) -> None:
        asset, api = await ledgers.register(), service.api()
        url, version = f"/assets/{asset['id']}", {"If-Match": '"1"'}
        lines = [{"source_level": "county", "year": 2026, "amount": "5.00"}]

        await api.refused("PATCH", url, 422, "composition_mismatch", headers=version, json={"original_value": "5.00"})
        await api.refused("PATCH", url, 422, "composition_mismatch", headers=version, json={"fund_composition": lines})
        both = {"original_value": "5.00", "fund_composition": lines}
        changed = await api.ok("PATCH", url, headers=version, json=both)

        assert changed["original_value"] == "5.00"

    async def test_of_two_edits_of_one_version_one_is_refused_with_both(
        self, service: ServiceUnderTest, ledgers: Any
    ) -> None:
        asset, api = await ledgers.register(), service.api()
        url = f"/assets/{asset['id']}"
        answers = await asyncio.gather(
            *(api.patch(url, headers={"If-Match": '"1"'}, json={"name": name}) for name in ("甲", "乙"))
        )
        assert sorted(answer.status_code for answer in answers) == [200, 412]
        (refused,) = [answer.json() for answer in answers if answer.status_code == 412]
        (won,) = [answer.json() for answer in answers if answer.status_code == 200]
        assert refused["current"] == won
        assert {won["name"], refused["yours"]["name"]} == {"甲", "乙"}

    async def test_nothing_changed_is_no_new_version(self, service: ServiceUnderTest, ledgers: Any) -> None:
        asset = await ledgers.register()
        same = await service.api().ok(
            "PATCH", f"/assets/{asset['id']}", headers={"If-Match": '"1"'}, json={"name": asset["name"]}
        )
        assert same == asset

    async def test_a_disposed_asset_is_closed(self, service: ServiceUnderTest, ledgers: Any) -> None:
        asset = await ledgers.register()
        async with service.connection(service.superuser_url) as connection:
            await connection.execute("UPDATE assets.asset SET status = 'disposed'")
        await service.api().refused(
            "PATCH", f"/assets/{asset['id']}", 422, headers={"If-Match": '"1"'}, json={"name": "别名"}
        )

    async def test_each_wrong_field_is_named(self, service: ServiceUnderTest, ledgers: Any) -> None:
        asset, api = await ledgers.register(), service.api()
        for body, path in WRONG_CHANGES:
            problem = await api.refused(
                "PATCH", f"/assets/{asset['id']}", 422, "validation_failed", headers={"If-Match": '"1"'}, json=body
            )
            assert [error["path"] for error in problem["errors"]] == [path]
        assert await api.ok("GET", f"/assets/{asset['id']}") == asset

    async def test_a_version_must_be_sent(self, service: ServiceUnderTest, ledgers: Any) -> None:
        asset = await ledgers.register()
        await service.api().refused("PATCH", f"/assets/{asset['id']}", 428, "if_match_required", json={"name": "甲"})


class TestList:
    async def _codes(self, service: ServiceUnderTest, query: str, region: str = "") -> list[str]:
        page = await service.api(region).ok("GET", f"/assets?{query}")
        return [item["code"] for item in page["items"]]

    async def test_filters(self, service: ServiceUnderTest, ledgers: Any) -> None:
        household = str(uuid7())
        await ledgers.register(code="A", name="燕窝村光伏电站", region_code="431081106226")
        await ledgers.register("operating", code="B", name="冷库", status="idle", region_code="431081105")
        await ledgers.register("household", code="C", name="黄牛", household_id=household, region_code="431081105235")
        await ledgers.register(code="D", name="公路", region_code="431003101")
        for query, codes in {
            "region=431081": ["B", "C", "A"],
            "region=431081105": ["B", "C"],
            "region=4310": ["D", "B", "C", "A"],
            "kind=operating": ["B"],
            "status=idle": ["B"],
            f"household_id={household}": ["C"],
            "q=光伏": ["A"],
            "q=gfdz": ["A"],
            "q=GFDZ": ["A"],
            "q=lk": ["B"],
            "q=%20": ["D", "B", "C", "A"],
            "q=%25": [],
            "region=431081106&q=公路": [],
        }.items():
            assert await self._codes(service, query) == codes, query

    async def test_pages_meet_without_gap_or_repeat(self, service: ServiceUnderTest, ledgers: Any) -> None:
        for number in range(7):
            place = "431081105" if number % 2 else "431081106"
            await ledgers.register(code=f"N{number}", region_code=place)
        api, seen, cursor = service.api(), [], ""
        while True:
            page = await api.ok("GET", f"/assets?limit=3&with_total=true{cursor}")
            assert page["total"] == 7
            seen += [item["code"] for item in page["items"]]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert seen == ["N1", "N3", "N5", "N0", "N2", "N4", "N6"]

    async def test_the_number_of_queries_does_not_grow_with_the_rows(
        self, service: ServiceUnderTest, ledgers: Any
    ) -> None:
        counts = []
        for _ in range(2):
            for _ in range(5):
                await ledgers.register()
            async with service.counted_queries() as statements:
                await service.api().ok("GET", "/assets?with_total=true")
            counts.append(len(statements))
        assert counts[0] == counts[1]

    async def test_bad_queries_are_refused(self, service: ServiceUnderTest) -> None:
        api = service.api()
        bad = (
            "region=1",
            "kind=x",
            "status=x",
            "household_id=1",
            "limit=0",
            "cursor=e30",
            "cursor=WzFd",
            "q=" + "长" * 51,
        )
        for query in bad:
            await api.refused("GET", f"/assets?{query}", 422, "validation_failed")

    async def test_a_nul_character_finds_nothing_or_is_refused(self, service: ServiceUnderTest) -> None:
        await service.api().refused("GET", "/assets?q=a%00b", 422)


class TestOverview:
    async def test_sums_by_kind_and_next_level(self, service: ServiceUnderTest, ledgers: Any) -> None:
        await ledgers.register(amount="100.00", region_code="431081106226")
        await ledgers.register("operating", amount="20.50", region_code="431081105")
        await ledgers.register("household", amount="3.00", region_code="431081105235")
        await ledgers.register(amount="7.00", region_code="431081")
        await ledgers.register(amount="1.00", region_code="431003101")

        county = await service.api().ok("GET", "/overview?region=431081")

        assert county["region"] == {"code": "431081", "name": "资兴市", "level": "county"}
        assert county["assets"] == {
            "count": 4,
            "value": "130.50",
            "by_kind": {
                "public_welfare": {"count": 2, "value": "107.00"},
                "operating": {"count": 1, "value": "20.50"},
                "household": {"count": 1, "value": "3.00"},
            },
        }
        assert [(child["code"], child["name"], child["assets"]) for child in county["children"]] == [
            ("431081105", "兴宁镇", {"count": 2, "value": "23.50"}),
            ("431081106", "州门司镇", {"count": 1, "value": "100.00"}),
        ]
        nation = await service.api("").ok("GET", "/overview")
        assert (nation["region"]["name"], nation["assets"]["count"]) == ("全国", 5)
        assert [child["code"] for child in nation["children"]] == ["43"]
        village = await service.api().ok("GET", "/overview?region=431081106226")
        assert (village["assets"]["value"], village["children"]) == ("100.00", [])

    async def test_leaves_out_what_was_disposed_of(self, service: ServiceUnderTest, ledgers: Any) -> None:
        await ledgers.register()
        async with service.connection(service.superuser_url) as connection:
            await connection.execute("UPDATE assets.asset SET status = 'disposed'")
        assert (await service.api().ok("GET", "/overview"))["assets"]["count"] == 0

    async def test_takes_two_statements_whatever_the_size(self, service: ServiceUnderTest, ledgers: Any) -> None:
        for place in ("431081105", "431081106", "431081"):
            await ledgers.register(region_code=place)
        async with service.counted_queries() as statements:
            await service.api().ok("GET", "/overview")
        assert len([s for s in statements if s.lstrip().startswith("SELECT")]) == 2
