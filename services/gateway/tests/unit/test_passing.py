"""Headers that pass, compression, words of notices, the composed overview."""

from __future__ import annotations

from datetime import date

import orjson
import pytest
from fastapi import Request
from gateway.answers import accepts
from gateway.gongshi import pages
from gateway.gongshi.terms import KIND_NAMES, kind_name, long_date, period_of, service_of, state_of
from gateway.pages.overview import compose
from gateway.pages.parts import Parts
from gateway.proxy.headers import to_browser, to_service


class TestHeaders:
    def test_only_listed_ones_reach_a_service(self) -> None:
        sent = to_service(
            [("cookie", "a"), ("authorization", "b"), ("accept", "c"), ("x-forwarded-for", "d"), ("host", "e")],
            token="t",
            request_id="r",
        )
        assert sent == {
            "accept": "c",
            "authorization": "Bearer t",
            "x-request-id": "r",
            "accept-encoding": "identity",
        }

    def test_hop_by_hop_ones_do_not_reach_the_browser(self) -> None:
        assert to_browser([("transfer-encoding", "chunked"), ("set-cookie", "a"), ("etag", '"1"')]) == {"etag": '"1"'}


class TestAccepts:
    @pytest.mark.parametrize(
        ("header", "expected"),
        [("gzip, br", True), ("GZIP;q=0.5", True), ("gzip;q=0", False), ("br", False), ("", False), ("xgzip", False)],
    )
    def test_reads_the_header(self, header: str, expected: bool) -> None:
        request = Request({"type": "http", "headers": [(b"accept-encoding", header.encode())]})
        assert accepts(request, "gzip") is expected


class TestTerms:
    def test_every_kind_belongs_to_its_service(self) -> None:
        for service, kinds in KIND_NAMES.items():
            assert all(kind.startswith(f"{service}.") for kind in kinds)
            assert service_of(service) == service
            assert all(service_of(kind) == service for kind in kinds)
        assert service_of("other.kind") is None

    def test_an_unknown_kind_goes_by_its_service(self) -> None:
        assert kind_name("assets", "assets.new") == "资产登记"

    def test_dates_read_as_in_documents(self) -> None:
        assert long_date(date(2026, 11, 2)) == "2026年11月2日"
        assert period_of(date(2026, 11, 2), None) == "2026年11月2日起长期公开"
        assert period_of(date(2026, 11, 2), date(2026, 11, 12)) == "2026年11月2日至2026年11月12日"

    @pytest.mark.parametrize(
        ("today", "word"),
        [
            (date(2026, 11, 1), "即将开始"),
            (date(2026, 11, 2), "公示中"),
            (date(2026, 11, 12), "公示中"),
            (date(2026, 11, 13), "公示期满"),
        ],
    )
    def test_a_period_includes_both_ends(self, today: date, word: str) -> None:
        assert state_of(date(2026, 11, 2), date(2026, 11, 12), today)[1] == word


class TestStyle:
    def test_is_small(self) -> None:
        assert len(pages._CSS.encode()) <= 15_000

    def test_colours_can_be_read(self) -> None:
        """4.5:1 for every pair of text and ground in the style sheet (WCAG AA)."""
        pairs = [
            ("#1d2b26", "#f6f7f4"),
            ("#47564f", "#f6f7f4"),
            ("#47564f", "#eceee8"),
            ("#1f6f54", "#f6f7f4"),
            ("#ffffff", "#1f6f54"),
            ("#ffffff", "#17553f"),
            ("#7d5a15", "#faf3e2"),
            ("#17553f", "#e3efe9"),
        ]
        for ink, ground in pairs:
            assert _contrast(ink, ground) >= 4.5, (ink, ground)


def _contrast(one: str, two: str) -> float:
    def luminance(colour: str) -> float:
        channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


class TestOverview:
    def test_of_nothing_is_empty_and_not_an_error(self) -> None:
        page = compose({"code": "431081"}, Parts(), {})
        assert page["population"] is None
        assert page["children"] == []

    def test_takes_only_children_of_the_next_level(self) -> None:
        answer = {"children": [{"code": "431081106", "name": "旧名"}, {"code": "431081106226", "name": "村"}]}
        parts = Parts(content={"assets": orjson.dumps(answer)})

        page = compose({"code": "431081"}, parts, {"431081106": "州门司镇"})

        assert [(child["code"], child["name"]) for child in page["children"]] == [("431081106", "州门司镇")]

    def test_of_a_village_passes_on_what_is_not_known_there(self) -> None:
        funds = {
            "year": 2026,
            "received": None,
            "allocated": "1.00",
            "allocated_industry": "1.00",
            "allocated_other": "0.00",
            "industry_share_bp": 10000,
            "floor_bp": None,
            "headroom_other": None,
            "headroom_total": None,
            "by_source": [],
        }
        page = compose({"code": "431081106226"}, Parts(content={"funds": orjson.dumps({"funds": funds})}), {})
        assert (page["funds"]["industry_share"], page["funds"]["floor"], page["funds"]["headroom"]) == (1.0, None, None)
