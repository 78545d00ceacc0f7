"""Whom the register lists for a subsidy, what it says of numbers, and leads that others tell (FND-9, FND-10)."""

from __future__ import annotations

from service_kit.clock import now
from service_kit.ids import uuid7
from service_kit.outbox import DELIVER_PERMISSION

FUNDS = {"monitoring.entitlements:read"}


class TestEntitlements:
    async def test_lists_pupils_of_lifted_and_monitored_households_for_the_paying_service(
        self, service, register, monitor, id_number
    ):
        card = await register()
        pupil = card["members"][1]
        api = service.api("431081")
        body, headers = {"schooling": "primary"}, {"If-Match": f'"{pupil["version"]}"'}
        await api.ok("PATCH", f"/households/{card['id']}/members/{pupil['id']}", json=body, headers=headers)
        asked = {"region": "431081", "listed_by": "schooling", "value": "primary"}
        funds = service.api("", FUNDS, issuer="funds")
        assert (await funds.ok("GET", "/entitlements", params=asked))["items"] == []
        everybody = await funds.ok("GET", "/entitlements", params=asked | {"among": "any"})
        assert [(p["member_id"], p["name"]) for p in everybody["items"]] == [(pupil["id"], pupil["name"])]
        assert len(everybody["items"][0]["id_number"]) == 18
        number = everybody["items"][0]["id_number"]
        body = {"region": "431081", "id_numbers": [id_number(), number]}
        found = await funds.ok("POST", "/entitlements/matches", json=body)
        assert [(m["place"], m["member_id"], m["state"], m["supported"]) for m in found["items"]] == [
            (1, pupil["id"], "present", False)
        ]


class TestLeads:
    async def test_an_overdue_loan_is_one_lead_and_is_handled_once(self, service, register):
        card = await register()
        loan_id = str(uuid7())
        event = {
            "specversion": "1.0", "id": str(uuid7()), "type": "loan.overdue", "source": "funds",
            "time": now().isoformat(), "eventversion": 1,
            "data": {
                "loan_id": loan_id, "county_code": "431081", "village_code": card["village_code"],
                "household_id": card["id"], "due_on": "2026-06-30", "balance_fen": 10000,
                "changed_at": now().isoformat(),
            },
        }  # fmt: skip
        courier = service.api("", {DELIVER_PERMISSION}, issuer="funds")
        await courier.ok("POST", "/events", json=event)
        await courier.ok("POST", "/events", json=event | {"id": str(uuid7())})
        api = service.api("431081")
        leads = (await api.ok("GET", "/leads"))["items"]
        assert [(lead["id"], lead["amount"], lead["state"]) for lead in leads] == [(loan_id, "100.00", "open")]
        path, body = f"/leads/{loan_id}/handling", {"state": "followed", "note": "已入户核实"}
        await api.ok("POST", path, json=body, headers=api.as_key())
        await api.refused("POST", path, 409, "lead_handled", json=body, headers=api.as_key())
