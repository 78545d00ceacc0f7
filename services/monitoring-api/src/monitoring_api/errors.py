"""Refusals of this service, and which constraint of the database means which."""

from __future__ import annotations

from service_kit import attachments
from service_kit.errors import AlreadyExists, Conflict, FieldError, Forbidden, NotFound, Unprocessable, ValidationFailed
from service_kit.problems import ConstraintErrors


class PersonAlreadyRegistered(Conflict):
    """Somebody with this identity number is on the register. Says where only to those who may see it."""

    code = "person_already_registered"
    title, title_en = "该身份证号已在册，不能重复登记", "This identity number is already on the register"


class HouseholdNumberTaken(Conflict):
    code = "household_number_taken"
    title, title_en = "本村已有这个户编号", "This household number is taken in the village"


class HeadExists(Conflict):
    code = "head_exists"
    title, title_en = "该户已有户主", "The household already has a head"


class VillageUnknown(Unprocessable):
    code = "village_unknown"
    title, title_en = "没有这个村（社区）", "No such village"


class MonitoringInvalid(Unprocessable):
    code = "monitoring_invalid"
    title, title_en = "监测类别或风险不符合规定", "The monitored class or the risks break a rule"


class VisitConflict(Conflict):
    """The phone must show both to a person: the same id came before with other content."""

    code = "visit_conflict"
    title, title_en = "这条走访记录已用同一编号上传过不同的内容", "Another visit was uploaded under this id"


class RecordConflict(Conflict):
    """The phone must show both to a person: the same id came before with other content."""

    code = "record_conflict"
    title, title_en = "这条记录已用同一编号上传过不同的内容", "Another record was uploaded under this id"


class HashMismatch(Unprocessable):
    code = "hash_mismatch"
    title, title_en = "内容与校验值不符，可能在传输中损坏，请重新上传", "The content does not match its hash"


class NothingToReveal(Unprocessable):
    code = "nothing_to_reveal"
    title, title_en = "没有登记这项信息", "Nothing is registered in this field"


class PolicyChanged(Conflict):
    code = "policy_changed"
    title, title_en = "他人刚刚改了这项规则，请核对后再设定", "Someone else has just changed this rule"


class SubmissionNotWaiting(Conflict):
    code = "submission_not_waiting"
    title, title_en = "这件上报不需要处理，或已有人处理", "It waits for nobody, or somebody has decided"


class OwnSubmission(Conflict):
    code = "own_submission"
    title, title_en = "自己上报的补充材料由他人处理", "Somebody else decides about one's own supplement"


class CaseExists(Conflict):
    code = "case_exists"
    title, title_en = "该户已有在办的案卷", "The household has an open case"


class CaseNotPossible(Unprocessable):
    code = "case_not_possible"
    title, title_en = "该户现在不能办理此事", "This is not possible for the household now"


class CaseMoved(Conflict):
    code = "case_moved"
    title, title_en = "案卷已不在这一环节", "The case is no longer at this step"


class StepNotPossible(Unprocessable):
    code = "step_not_possible"
    title, title_en = "案卷不能这样办理", "The case cannot go there"


class StepNotYours(Forbidden):
    code = "step_not_yours"
    title, title_en = "这一环节不由您办理", "This step is not yours to take"


class NoticeStillUp(Unprocessable):
    code = "notice_still_up"
    title, title_en = "公示还不能结束", "The notice cannot end yet"


class NoticeOver(Conflict):
    code = "notice_over"
    title, title_en = "公示期已过，或公示已结束", "The notice is over"


class ObjectionHandled(Conflict):
    code = "objection_handled"
    title, title_en = "这件异议已经答复", "This objection has been answered"


class ApplicationOver(Conflict):
    code = "application_over"
    title, title_en = "这件申请已经办结或已受理", "This application is no longer waiting"


class NobodyPresent(Unprocessable):
    code = "nobody_present"
    title, title_en = "该户没有在册人口，无法计算人均收入", "Nobody is present in the household"


class CriteriaNotMet(Unprocessable):
    code = "criteria_not_met"
    title, title_en = "风险消除的条件尚未全部满足", "Not all conditions of elimination are met"


class HelperMissing(Unprocessable):
    code = "helper_missing"
    title, title_en = "请先确定帮扶责任人", "Name a helper first"


class HelperNeeded(Unprocessable):
    code = "helper_needed"
    title, title_en = "风险尚未消除，须由他人接替后才能解除帮扶责任", "A risk remains: name a successor instead"


class HelperEnded(Conflict):
    code = "helper_ended"
    title, title_en = "这项帮扶责任已经结束", "This duty has ended"


class ActNotPossible(Unprocessable):
    code = "act_not_possible"
    title, title_en = "这项变动不能这样办理", "This act is not possible"


class ActNotUndoable(Conflict):
    code = "act_not_undoable"
    title, title_en = "之后又有变更，不能直接撤销，请办理相反的变动", "Something changed since: record the opposite act"


class RelocationDecided(Conflict):
    code = "relocation_decided"
    title, title_en = "这件迁移已经办结", "This move has been decided"


class RelocationPending(Conflict):
    code = "relocation_pending"
    title, title_en = "该户已有待接收的迁移，请先撤回或等对方办理", "A move of this household is waiting already"


class DuplicateDecided(Conflict):
    code = "duplicate_decided"
    title, title_en = "这一对已有人处理", "Somebody has decided this pair"


class MergeNotPossible(Unprocessable):
    code = "merge_not_possible"
    title, title_en = "这两条登记不能合并", "These records cannot be merged"


class MergeNotUndoable(Conflict):
    code = "merge_not_undoable"
    title, title_en = "合并之后又有变更，不能原样恢复", "Something changed since the merge: it cannot be undone"


class LookBackNotYet(Unprocessable):
    code = "look_back_not_yet"
    title, title_en = "还没到回头看的时间", "It is too early for this look-back"


class NothingToSettle(Unprocessable):
    code = "nothing_to_settle"
    title, title_en = "只有一份记录，不需要复核", "There is only one record"


class SweepClosed(Conflict):
    code = "sweep_closed"
    title, title_en = "这轮排查已经结束", "This sweep is over"


class SweepNotFinished(Unprocessable):
    code = "sweep_not_finished"
    title, title_en = "还有农户没有排查，也没有说明原因", "Households remain without record or reason"


class IssueStruckOff(Conflict):
    code = "issue_struck_off"
    title, title_en = "这个问题已经销号", "This issue has been struck off"


class PlanNotPossible(Unprocessable):
    code = "plan_not_possible"
    title, title_en = "帮扶计划现在不能这样办理", "This is not possible for the plan now"


class BackstopNeeded(Unprocessable):
    code = "backstop_needed"
    title, title_en = (
        "该户没有劳动力，计划须含兜底保障措施",
        "A household without labour needs a social-security measure",
    )


class MeasureNotPossible(Unprocessable):
    code = "measure_not_possible"
    title, title_en = "措施现在不能这样办理", "This is not possible for the measure now"


class BenefitExists(Conflict):
    code = "benefit_exists"
    title, title_en = "这项政策已登记为正在享受", "This policy is on record as being enjoyed"


class BenefitEnded(Conflict):
    code = "benefit_ended"
    title, title_en = "这项政策已停止享受", "This policy has ended"


def _year_invalid() -> ValidationFailed:
    return ValidationFailed(errors=[FieldError("body.incomes", "year_invalid", "年份不在允许的范围内")])


def _lifted_year_invalid() -> ValidationFailed:
    return ValidationFailed(errors=[FieldError("body.lifted_year", "not_lifted", "只有脱贫户才填脱贫年份")])


class LeadHandled(Conflict):
    code = "lead_handled"
    title, title_en = "该线索已经处理", "The lead has been handled"


CONSTRAINT_ERRORS: ConstraintErrors = {
    **attachments.CONSTRAINT_ERRORS,
    "household_pkey": AlreadyExists,
    "household_member_pkey": AlreadyExists,
    "visit_pkey": VisitConflict,
    "village_pkey": AlreadyExists,
    "person_registry_pkey": PersonAlreadyRegistered,
    "uq_household_number": HouseholdNumberTaken,
    "uq_household_member_head": HeadExists,
    "uq_household_income_year": Conflict,
    "uq_household_change_version": Conflict,
    "uq_visit_receipt_number": Conflict,
    "submission_pkey": RecordConflict,
    "uq_submission_receipt_number": Conflict,
    "fk_submission_case": NotFound,
    "fk_household_region": VillageUnknown,
    "fk_village_region": VillageUnknown,
    "fk_household_monitored_class": MonitoringInvalid,
    "fk_household_member_household": NotFound,
    "fk_household_income_household": NotFound,
    "fk_household_change_household": NotFound,
    "fk_visit_household": NotFound,
    "submission_opinion_pkey": SubmissionNotWaiting,
    "policy_setting_pkey": AlreadyExists,
    "uq_policy_setting_revision": PolicyChanged,
    "helper_assignment_pkey": AlreadyExists,
    "uq_helper_assignment_current": Conflict,
    "monitoring_case_pkey": AlreadyExists,
    "uq_monitoring_case_open": CaseExists,
    "uq_case_step_seq": Conflict,
    "uq_case_step_state": Conflict,
    "ck_case_step_step": StepNotPossible,
    "ck_case_step_notice": NoticeStillUp,
    "ck_case_notice_close": NoticeStillUp,
    "register_act_pkey": AlreadyExists,
    "uq_register_act_version": Conflict,
    "uq_register_act_undoes": ActNotUndoable,
    "uq_relocation_pending": RelocationPending,
    "fk_relocation_region": VillageUnknown,
    "look_back_record_pkey": RecordConflict,
    "uq_look_back_record_receipt_number": Conflict,
    "sweep_record_pkey": RecordConflict,
    "uq_sweep_record_receipt_number": Conflict,
    "sweep_round_pkey": AlreadyExists,
    "ck_sweep_item_round": SweepNotFinished,
    "fk_sweep_item_round": SweepClosed,
    "assistance_measure_pkey": AlreadyExists,
    "ck_assistance_plan_backstop": BackstopNeeded,
    "fk_assistance_plan_backstop": BackstopNeeded,
    "uq_assistance_plan_current": Conflict,
    "ck_household_class_iff_monitored": MonitoringInvalid,
    "ck_household_risks_iff_monitored": MonitoringInvalid,
    "ck_household_since_iff_monitored": MonitoringInvalid,
    "ck_household_lifted_year": _lifted_year_invalid,
    "ck_household_income_year": _year_invalid,
    "policy_benefit_pkey": AlreadyExists,
    "fk_policy_benefit_household": NotFound,
    "uq_policy_benefit_current": BenefitExists,
}
"""Constraints that a caller can meet; the others repeat what request models have already refused."""
