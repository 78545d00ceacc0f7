"""The auditor reads everything about money and writes one thing: a clue with its evidence (FND-12)."""

from __future__ import annotations

from gateway.identity.roles import permissions_of
from service_kit.ids import uuid7

MAY = {
    ("PUT", "/clues/{clue_id}"),
    # Doors of all files; whose file it is decides. An auditor's own: evidence of a clue.
    ("PUT", "/attachments/{attachment_id}"),
    ("PUT", "/attachments/{attachment_id}/content"),
    # Nothing of the business is written: a file of what may be read, a question to the ledger, and a search whose
    # identity number must not stand in an address.
    ("POST", "/exports"),
    ("POST", "/payout-persons/search"),
    ("POST", "/headroom/simulation"),
}
FILE = {"kind": "paper", "sha256": "0" * 64, "size": 5, "media_type": "image/png", "file_name": "a.png"}


class TestAuditor:
    async def test_is_refused_at_every_door_that_writes(self, funds_service, documents):
        api = funds_service.api("431081", permissions_of("auditor"), role="auditor")
        tried = 0
        for path, ways in documents["funds"]["paths"].items():
            for method in {"post", "put", "patch", "delete"} & set(ways):
                if (method.upper(), path) in MAY or path.startswith(("/events", "/public")):
                    continue
                url = path
                for name in ("month", "year"):
                    url = url.replace(f"{{{name}}}", {"month": "2026-01", "year": "2026"}[name])
                while "{" in url:
                    url = url[: url.index("{")] + str(uuid7()) + url[url.index("}") + 1 :]
                headers = api.as_key() | {"If-Match": '"1"', "content-type": "application/json"}
                answer = await api.request(method.upper(), url, content=b"{}", headers=headers)
                assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), (method, path, answer.text)
                tried += 1
        assert tried > 50

    async def test_may_not_put_a_file_to_anything_but_a_clue(self, funds_service):
        api = funds_service.api("431081", permissions_of("auditor"), role="auditor")
        for subject in ("document", "allocation", "payment"):
            body = FILE | {"subject_type": subject, "subject_id": str(uuid7()), "taken_at": None, "place": None}
            await api.refused("PUT", f"/attachments/{uuid7()}", 403, "forbidden", json=body)
        body = FILE | {"subject_type": "clue", "subject_id": str(uuid7()), "taken_at": None, "place": None}
        await api.refused("PUT", f"/attachments/{uuid7()}", 404, json=body)

    async def test_may_read_every_room_of_money(self, funds_service, documents):
        api = funds_service.api("431081", permissions_of("auditor"), role="auditor")
        closed = []
        for path, ways in documents["funds"]["paths"].items():
            if "get" in ways and "{" not in path and not path.startswith(("/health", "/metrics")):
                answer = await api.get(path)
                closed += [path] if answer.status_code in (401, 403) else []
        assert closed == []
