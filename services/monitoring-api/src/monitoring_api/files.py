"""What takes files here."""

from __future__ import annotations

from service_kit.attachments import Subject, located_in

from monitoring_api.acts.models import RegisterAct
from monitoring_api.assistance.models import Measure
from monitoring_api.casework.models import Case
from monitoring_api.households.models import Household
from monitoring_api.look_backs.models import LookBackRecord
from monitoring_api.sweeps.models import SweepIssue, SweepRecord
from monitoring_api.visits.models import Visit

SUBJECTS = {
    "household": Subject(
        title="农户",
        read="monitoring.households:read",
        write="monitoring.households:write",
        locate=located_in(Household, "village_code"),
        personal=True,
    ),
    "register_act": Subject(
        title="人口与户变动",
        read="monitoring.households:read",
        write="monitoring.households:write",
        locate=located_in(RegisterAct, "village_code"),
        personal=True,
    ),
    "visit": Subject(
        title="走访记录",
        read="monitoring.visits:read",
        write="monitoring.visits:write",
        locate=located_in(Visit, "village_code"),
        personal=True,
    ),
    "look_back_record": Subject(
        title="回头看记录",
        read="monitoring.look_backs:read",
        write="monitoring.look_backs:write",
        locate=located_in(LookBackRecord, "village_code"),
        personal=True,
    ),
    "sweep_record": Subject(
        title="排查记录",
        read="monitoring.sweeps:read",
        write="monitoring.sweeps:write",
        locate=located_in(SweepRecord, "village_code"),
        personal=True,
    ),
    "sweep_issue": Subject(
        title="排查问题销号材料",
        read="monitoring.sweeps:read",
        write="monitoring.sweeps:write",
        locate=located_in(SweepIssue, "village_code"),
        personal=True,
    ),
    "measure": Subject(
        title="帮扶措施落实材料",
        read="monitoring.assistance:read",
        write="monitoring.assistance:write",
        locate=located_in(Measure, "village_code"),
        personal=True,
    ),
    "case": Subject(
        title="监测办件",
        read="monitoring.cases:read",
        write="monitoring.cases:write",
        locate=located_in(Case, "village_code"),
        personal=True,
    ),
}
