"""Files in two steps: declared, then received; nothing is acknowledged before it is on the disk."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from files_sample import SPEC
from service_kit.files import files_of
from service_kit.ids import uuid7
from service_kit.testing import ServiceUnderTest, assert_catalog_is_ready, assert_unscoped_sees_nothing

VILLAGE, NEIGHBOUR = "431081106226", "431081106217"
JPEG = b"\xff\xd8\xff\xe0" + b"tea garden" * 100


def declared(content: bytes = JPEG, **changes: Any) -> dict[str, Any]:
    return {
        "id": str(uuid7()),
        "kind": "photo",
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "media_type": "image/jpeg",
        "file_name": "入户.jpg",
        "taken_at": "2026-11-20T09:30:00+08:00",
        "place": {"lat": 26.08, "lng": 113.39, "accuracy": 12.5},
    } | changes


async def report_with(service: ServiceUnderTest, *photos: dict[str, Any], region: str = VILLAGE) -> UUID:
    report_id = uuid7()
    await service.api(region).ok("PUT", f"/reports/{report_id}", json={"region_code": region, "photos": list(photos)})
    return report_id


def url(photo: dict[str, Any]) -> str:
    return f"/attachments/{photo['id']}/content"


class TestDeclaring:
    async def test_a_record_names_its_files_and_its_receipt_names_them_back(self, service: ServiceUnderTest) -> None:
        photo = declared()

        report_id = await report_with(service, photo)

        answer = await service.api().ok("GET", f"/reports/{report_id}")
        assert answer["photos"] == [{"id": photo["id"], "sha256": photo["sha256"], "received": False}]

    async def test_repeating_it_changes_nothing_and_other_bytes_are_a_conflict(self, service: ServiceUnderTest) -> None:
        photo = declared()
        report_id = await report_with(service, photo)
        body = {"region_code": VILLAGE, "photos": [photo]}
        await service.api().ok("PUT", f"/reports/{report_id}", json=body)

        body = {"region_code": VILLAGE, "photos": [declared(b"\xff\xd8\xffother", id=photo["id"])]}
        await service.api().refused("PUT", f"/reports/{report_id}", 409, "attachment_conflict", json=body)

    async def test_the_desk_declares_for_a_record_that_is_there(self, service: ServiceUnderTest) -> None:
        report_id = await report_with(service)
        photo = declared()
        body = {key: value for key, value in photo.items() if key != "id"}
        body |= {"subject_type": "report", "subject_id": str(report_id)}

        answer = await service.api().ok("PUT", f"/attachments/{photo['id']}", json=body)

        assert answer["received_at"] is None
        assert answer["place"] == photo["place"]
        listed = await service.api().ok("GET", f"/attachments?subject_type=report&subject_id={report_id}")
        assert [item["id"] for item in listed["items"]] == [photo["id"]]

    @pytest.mark.parametrize(
        ("change", "status", "path"),
        [
            ({"subject_type": "nonsense"}, 422, "body.subject_type"),
            ({"size": 8 * 1024 * 1024 + 1}, 422, "body.size"),
            ({"size": 0}, 422, "body.size"),
            ({"sha256": "A" * 64}, 422, "body.sha256"),
            ({"media_type": "text/html"}, 422, "body.media_type"),
            ({"file_name": "../../etc/passwd"}, 422, "body.file_name"),
            ({"file_name": "a\x00.jpg"}, 422, "body.file_name"),
            ({"kind": "Photo!"}, 422, "body.kind"),
            ({"place": {"lat": 91, "lng": 0}}, 422, "body.place.lat"),
            ({"taken_at": "2026-11-20T09:30:00"}, 422, "body.taken_at"),
            ({"extra": 1}, 422, "body.extra"),
        ],
    )
    async def test_bad_input_names_its_field(
        self, service: ServiceUnderTest, change: dict[str, Any], status: int, path: str
    ) -> None:
        report_id = await report_with(service)
        body = {"subject_type": "report", "subject_id": str(report_id)} | declared() | change
        photo_id = body.pop("id")

        problem = await service.api().refused("PUT", f"/attachments/{photo_id}", status, json=body)

        assert path in [error["path"] for error in problem["errors"]]

    async def test_a_record_elsewhere_takes_no_files(self, service: ServiceUnderTest) -> None:
        report_id = await report_with(service)
        body = {"subject_type": "report", "subject_id": str(report_id)} | declared()
        photo_id = body.pop("id")
        await service.api(NEIGHBOUR).refused("PUT", f"/attachments/{photo_id}", 404, json=body)

    async def test_the_records_own_permission_decides(self, service: ServiceUnderTest) -> None:
        report_id = await report_with(service)
        body = {"subject_type": "report", "subject_id": str(report_id)} | declared()
        photo_id = body.pop("id")
        reader = service.api(permissions=["sample.files:use", "sample.reports:read"])
        await reader.refused("PUT", f"/attachments/{photo_id}", 403, "forbidden", json=body)
        await reader.ok("GET", f"/attachments?subject_type=report&subject_id={report_id}")
        stranger = service.api(permissions=["sample.reports:write"])
        await stranger.refused("PUT", f"/attachments/{photo_id}", 403, "forbidden", json=body)


class TestSending:
    async def test_the_receipt_comes_when_the_bytes_are_on_the_disk(
        self, service: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        photo = declared()
        report_id = await report_with(service, photo)
        forced: list[str] = []
        fsync = os.fsync
        monkeypatch.setattr(os, "fsync", lambda fd: (forced.append(os.readlink(f"/proc/self/fd/{fd}")), fsync(fd)))

        answer = await service.api().ok("PUT", url(photo), content=JPEG)

        assert answer["receipt"] | {"received_at": ""} == {
            "id": photo["id"],
            "sha256": photo["sha256"],
            "size": len(JPEG),
            "received_at": "",
        }
        root = service.folder / "files"
        stored = root / f"attachments/431081/{photo['sha256'][:2]}/{photo['sha256']}"
        assert stored.read_bytes() == JPEG
        assert forced == [str(path) for path in (stored, *list(stored.parents)[:4])]
        assert forced[-1] == str(root)
        receipt = await service.api().ok("GET", f"/reports/{report_id}")
        assert receipt["photos"][0]["received"] is True

    async def test_the_same_bytes_again_give_the_same_receipt(self, service: ServiceUnderTest) -> None:
        photo = declared()
        await report_with(service, photo)
        first = await service.api().ok("PUT", url(photo), content=JPEG)
        assert await service.api().ok("PUT", url(photo), content=JPEG) == first

    async def test_many_at_once_give_one_receipt(self, service: ServiceUnderTest) -> None:
        photo = declared()
        await report_with(service, photo)
        api = service.api()
        answers = await asyncio.gather(*(api.ok("PUT", url(photo), content=JPEG) for _ in range(8)))
        assert all(answer == answers[0] for answer in answers)

    @pytest.mark.parametrize(
        "content",
        [JPEG[:-1], JPEG + b"!", b"\xff\xd8\xff\xe0" + b"TEA garden" * 100, b"", b"{}"],
        ids=["short", "long", "other", "nothing", "json"],
    )
    async def test_other_bytes_are_a_conflict_before_and_after(self, service: ServiceUnderTest, content: bytes) -> None:
        photo = declared()
        await report_with(service, photo)
        await service.api().refused("PUT", url(photo), 409, "attachment_conflict", content=content)
        await service.api().ok("PUT", url(photo), content=JPEG)
        await service.api().refused("PUT", url(photo), 409, "attachment_conflict", content=content)

    async def test_bytes_that_nobody_declared_are_not_taken(self, service: ServiceUnderTest) -> None:
        await service.api().refused("PUT", f"/attachments/{uuid7()}/content", 404, "not_found", content=JPEG)

    async def test_what_calls_itself_a_photo_must_be_one(self, service: ServiceUnderTest) -> None:
        page = b"<html><script>alert(1)</script></html>"
        photo = declared(page)
        report_id = await report_with(service, photo)
        await service.api().refused("PUT", url(photo), 422, "media_type_mismatch", content=page)
        assert (await service.api().ok("GET", f"/reports/{report_id}"))["photos"][0]["received"] is False

    async def test_eight_mebibytes_pass_and_one_byte_more_does_not(self, service: ServiceUnderTest) -> None:
        largest = b"%PDF-1.7" + bytes(8 * 1024 * 1024 - 8)
        photo = declared(largest, media_type="application/pdf", file_name="合同.pdf")
        await report_with(service, photo)

        async def pieces(content: bytes) -> AsyncIterator[bytes]:
            for start in range(0, len(content), 65536):
                yield content[start : start + 65536]

        await service.api().refused("PUT", url(photo), 413, "body_too_large", content=largest + b"!")
        await service.api().refused("PUT", url(photo), 413, "body_too_large", content=pieces(largest + b"!"))
        await service.api().ok("PUT", url(photo), content=pieces(largest))
        # Every other door keeps its own limit.
        await service.api().refused("PUT", f"/reports/{uuid7()}", 413, content=bytes(2 * 1024 * 1024))

    async def test_a_file_lost_by_a_restore_is_healed_by_sending_it_again(self, service: ServiceUnderTest) -> None:
        photo = declared()
        await report_with(service, photo)
        first = await service.api().ok("PUT", url(photo), content=JPEG)
        await files_of(service.ctx).remove(f"attachments/431081/{photo['sha256'][:2]}/{photo['sha256']}")
        await service.api().refused("GET", url(photo), 503, "file_missing")
        assert await service.api().ok("PUT", url(photo), content=JPEG) == first
        assert (await service.api().get(url(photo))).content == JPEG

    async def test_no_connection_waits_while_a_slow_phone_sends(self, service: ServiceUnderTest) -> None:
        photos = [declared(JPEG + bytes([number])) for number in range(12)]
        await report_with(service, *photos)
        gate = asyncio.Event()
        api = service.api()

        async def slowly(number: int) -> AsyncIterator[bytes]:
            yield JPEG[:100]
            await gate.wait()
            yield JPEG[100:] + bytes([number])

        sending = [
            asyncio.create_task(api.ok("PUT", url(photo), content=slowly(number)))
            for number, photo in enumerate(photos)
        ]
        await asyncio.sleep(0.5)

        await asyncio.wait_for(report_with(service), 5)  # the pool has 10 connections, 12 phones are sending

        gate.set()
        assert len({answer["receipt"]["id"] for answer in await asyncio.gather(*sending)}) == 12


class TestReading:
    async def test_the_bytes_come_back_and_a_look_is_audited(self, service: ServiceUnderTest) -> None:
        photo = declared()
        report_id = await report_with(service, photo)
        await service.api().ok("PUT", url(photo), content=JPEG)

        answer = await service.api().get(url(photo))

        assert answer.content == JPEG
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["content-disposition"] == "inline; filename*=UTF-8''%E5%85%A5%E6%88%B7.jpg"
        assert answer.headers["x-content-type-options"] == "nosniff"
        async with service.connection() as connection:
            entries = await connection.fetch("SELECT action, subject_id FROM audit_entry")
        assert [tuple(entry) for entry in entries] == [("attachment.view", str(report_id))]

    async def test_another_village_does_not_see_it(self, service: ServiceUnderTest) -> None:
        photo = declared()
        report_id = await report_with(service, photo)
        await service.api().ok("PUT", url(photo), content=JPEG)
        neighbour = service.api(NEIGHBOUR)
        await neighbour.refused("GET", url(photo), 404, "not_found")
        await neighbour.refused("PUT", url(photo), 404, "not_found", content=JPEG)
        listed = await neighbour.ok("GET", f"/attachments?subject_type=report&subject_id={report_id}")
        assert listed["items"] == []

    async def test_what_has_not_come_yet_is_not_found(self, service: ServiceUnderTest) -> None:
        photo = declared()
        await report_with(service, photo)
        await service.api().refused("GET", url(photo), 404, "not_found")

    async def test_pages_follow_one_another_with_one_query_each(self, service: ServiceUnderTest) -> None:
        photos = [declared(JPEG + bytes([number])) for number in range(5)]
        report_id = await report_with(service, *photos)
        list_url = f"/attachments?subject_type=report&subject_id={report_id}&limit=2"
        seen: list[str] = []
        cursor = ""
        async with service.counted_queries() as statements:
            while True:
                page = await service.api().ok("GET", list_url + cursor)
                seen += [item["id"] for item in page["items"]]
                if page["next"] is None:
                    break
                cursor = f"&cursor={page['next']}"
        assert sorted(seen) == sorted(photo["id"] for photo in photos)
        assert len([s for s in statements if "FROM attachment" in s]) == 3


class TestTable:
    async def test_the_catalogue_is_ready_to_be_distributed(self, service: ServiceUnderTest) -> None:
        await report_with(service, declared())
        async with service.connection(service.owner_url) as connection:
            await assert_catalog_is_ready(connection, SPEC.metadata)
            await assert_unscoped_sees_nothing(connection, SPEC.metadata)

    async def test_the_service_cannot_remove_a_row(self, service: ServiceUnderTest) -> None:
        async with service.connection() as connection:
            allowed = await connection.fetchval("SELECT has_table_privilege('attachment', 'DELETE')")
        assert allowed is False
