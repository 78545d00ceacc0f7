"""Refusals of this service, and what each named constraint means when the database refuses."""

from __future__ import annotations

from typing import Any

from service_kit import attachments
from service_kit.errors import Conflict, DomainError, Forbidden, Unprocessable
from service_kit.money import format_yuan
from service_kit.problems import ConstraintErrors

from funds_ledger.pools.rules import Balance, Refusal


class IndustryFloorBroken(Unprocessable):
    code = "industry_floor_broken"
    title, title_en = "低于产业占比红线", "The industry share would fall below its floor"


class PoolExhausted(Unprocessable):
    code = "pool_exhausted"
    title, title_en = "资金池余额不足", "The pool does not hold that much money"


class DocumentExhausted(Unprocessable):
    code = "document_exhausted"
    title, title_en = "该指标文件的资金已不够分配", "The document does not hold that much money"


class FloorMissing(Unprocessable):
    code = "floor_missing"
    title, title_en = "还没有设定产业占比红线", "No floor rule has been set"


class AmountTooLarge(Unprocessable):
    code = "amount_too_large"
    title, title_en = "资金池总额超出允许的范围（1 万亿元）", "The pool would hold more than allowed"


class RegionUnknown(Unprocessable):
    code = "region_unknown"
    title, title_en = "没有这个地区，请先在区划中登记", "No such region"


class AlreadyReversed(Conflict):
    code = "already_reversed"
    title, title_en = "该笔分配已经撤销", "The allocation has already been reversed"


class AllocationInUse(Conflict):
    code = "allocation_in_use"
    title, title_en = "该笔分配已有支付申请或支付", "Payments of this allocation have been requested or made"


class PaymentExceedsAllocation(Unprocessable):
    code = "payment_exceeds_allocation"
    title, title_en = "支付金额超出该笔分配的余额", "The payment exceeds what is left of the allocation"


class PaymentExceedsContract(Unprocessable):
    code = "payment_exceeds_contract"
    title, title_en = "支付金额超出合同余额", "The payment exceeds what is left of the contract"


class ContractDiffers(Conflict):
    code = "contract_differs"
    title, title_en = "该合同已按另一金额登记", "This contract is registered with another amount"


class SamePerson(Conflict):
    code = "same_person"
    title, title_en = "申请人不能审核自己的支付申请", "Whoever requests a payment does not review it"


class NotOwnRequest(Conflict):
    code = "not_own_request"
    title, title_en = "只能撤回自己的支付申请", "Only one's own request can be withdrawn"


class PaymentNotInState(Conflict):
    code = "payment_not_in_state"
    title, title_en = "支付申请的状态已改变，不能办理此事", "The payment is no longer in a state for this"


class AllocationReversed(Conflict):
    code = "allocation_reversed"
    title, title_en = "该笔分配已经撤销", "The allocation has been reversed"


class DocumentNumberTaken(Conflict):
    code = "document_number_taken"
    title, title_en = "该文号已登记过，请勿重复登记", "This document number has been registered already"


class StepNotPossible(Conflict):
    code = "step_not_possible"
    title, title_en = "项目的状态已改变，不能办理此事", "Nothing leads there from where the project is"


class StepNotYours(Forbidden):
    code = "step_not_yours"
    title, title_en = "这一步不由您办理", "This step is for another role"


class ProposalIncomplete(Unprocessable):
    code = "proposal_incomplete"
    title, title_en = "申报内容不全，没有绩效目标等内容不得入库", "The proposal lacks required parts"


class FindingsOpen(Conflict):
    code = "findings_open"
    title, title_en = "负面清单或重复提示还没有处理", "Matches with the negative list or duplicates are undecided"


class NoticeStillUp(Conflict):
    code = "notice_still_up"
    title, title_en = "公示还没有结束或有异议，不能生效", "The notice has not ended clear"


class PublicationRuleMissing(Unprocessable):
    code = "publication_rule_missing"
    title, title_en = "还没有设定公示天数", "Nobody has set how long this is shown"


class AllocatedAlready(Unprocessable):
    code = "allocated_already"
    title, title_en = "低于已分配的金额", "Less than what has been allocated"


class ProjectFunded(Conflict):
    code = "project_funded"
    title, title_en = "该项目已分配资金，须先撤销分配", "The project holds money"


class ProjectRequired(Unprocessable):
    code = "project_required"
    title, title_en = (
        "资金只能安排给库内且列入年度计划的项目",
        "Only projects in the library and the yearly plan are funded",
    )


class ProjectNotPlanned(Unprocessable):
    code = "project_not_planned"
    title, title_en = "该项目不在库内或没有列入当年计划", "The project is not in the yearly plan"


class ProjectPlanExceeded(Unprocessable):
    code = "project_plan_exceeded"
    title, title_en = "超出项目的计划资金", "More than what is planned for the project"


class PlanNotInState(Conflict):
    code = "plan_not_in_state"
    title, title_en = "年度计划的状态已改变，不能办理此事", "The plan is no longer in a state for this"


class SettlementRefused(Unprocessable):
    code = "settlement_refused"
    title, title_en = "决算金额不符", "The settled amount does not fit"


class AssetsDoNotAddUp(Unprocessable):
    code = "assets_do_not_add_up"
    title, title_en = "各项资产价值之和应等于决算金额", "The assets do not add up to what was settled"


class SchemeNotInState(Conflict):
    code = "scheme_not_in_state"
    title, title_en = "方案的状态已改变，不能办理此事", "The scheme is no longer in a state for this"


class DivisionImpossible(Unprocessable):
    code = "division_impossible"
    title, title_en = "按所设条件无法分配", "The money cannot be divided like this"


class PlanTooSmall(Unprocessable):
    code = "plan_too_small"
    title, title_en = "年度计划内的项目不足", "The yearly plan has too few projects"


class FloorChangedMeanwhile(Conflict):
    code = "floor_changed_meanwhile"
    title, title_en = "红线或标准刚被他人修改，请核对后再保存", "Someone else has just changed this floor or rule"


class MonthNotOpen(Conflict):
    code = "month_not_open"
    title, title_en = "这个月已提交或已结账，不能再改", "The month has been submitted or closed"


class MonthOutOfOrder(Conflict):
    code = "month_out_of_order"
    title, title_en = "请按顺序逐月对账", "Months are reconciled one after the other"


class MonthNotOver(Conflict):
    code = "month_not_over"
    title, title_en = "这个月还没有结束，不能结账", "The month is not over"


class ProposalsOpen(Conflict):
    code = "proposals_open"
    title, title_en = "还有建议没有确认或否定", "Some proposals are undecided"


class StatementInvalid(Unprocessable):
    """Carries ``rows``: ``[{"row", "reasons"}]``, and ``faulty_rows``, how many there are."""

    code = "statement_invalid"
    title, title_en = "对账单有错误，没有导入", "The statement has faults, nothing was taken in"


class StatementKnown(Conflict):
    code = "statement_known"
    title, title_en = "这个文件已经导入过", "This file has been taken in already"


class StatementMatched(Conflict):
    code = "statement_matched"
    title, title_en = "这份对账单已有对上的记录，请先解除配对", "Lines of this statement are matched"


class MatchTaken(Conflict):
    code = "match_taken"
    title, title_en = "其中有的记录已经对上，请刷新后再试", "Something named here is matched already"


class SumsDiffer(Unprocessable):
    code = "sums_differ"
    title, title_en = "两边合计不相等", "Both sides do not add up to the same"


class ClueNotInState(Conflict):
    code = "clue_not_in_state"
    title, title_en = "线索的状态已改变，不能办理此事", "The clue is no longer in a state for this"


class RecoveredTooMuch(Unprocessable):
    code = "recovered_too_much"
    title, title_en = "追回金额超出涉及金额", "More came back than is in question"


class PayoutNotInState(Conflict):
    code = "payout_not_in_state"
    title, title_en = "发放批次的状态已改变，不能办理此事", "The list of payouts is no longer in a state for this"


class NoListOfRegister(Unprocessable):
    code = "no_list_of_register"
    title, title_en = "这项标准没有对应的档案名单，请用表格导入", "The register has no list for this standard"


class TooManyPayoutLines(Unprocessable):
    code = "too_many_payout_lines"
    title, title_en = "一个批次最多 20,000 人，请分成几个批次", "A list holds at most 20,000 people"


class PayoutProblemsOpen(Conflict):
    """Carries ``lines``."""

    code = "payout_problems_open"
    title, title_en = "还有疑点没有处理", "Some problems are undecided"


class PayoutEmpty(Unprocessable):
    code = "payout_empty"
    title, title_en = "没有可以发放的人", "Nobody is left to be paid"


class PaidAlready(Conflict):
    code = "paid_already"
    title, title_en = "有人在同一标准、同一期已被其他批次列入发放，请重新核对", "Somebody is paid by another list"


class DecisionImpossible(Unprocessable):
    code = "decision_impossible"
    title, title_en = "所选的行不能这样处理", "These lines cannot be decided like this"


class ReturnIncomplete(Unprocessable):
    """Carries ``lines``, how many are missing."""

    code = "return_incomplete"
    title, title_en = "回盘文件没有包含全部报送的行", "The bank's file does not answer every line"


class PaymentOfPayout(Conflict):
    code = "payment_of_payout"
    title, title_en = "这笔支付属于补贴发放，请在发放批次中办理", "This payment belongs to a list of payouts"


class LedgerBroken(DomainError):
    """A posting that contradicts the ledger's own rules; nothing is saved. The service's doors cannot reach it."""

    status, code = 500, "ledger_refused"
    title, title_en = "账务校验未通过，未保存", "The ledger refused the posting"


def refused(balance: Balance, refusal: Refusal) -> DomainError:
    """The refusal of a change to a pool in state ``balance`` with the exact amounts in yuan."""
    facts: dict[str, Any] = {
        "shortfall": format_yuan(refusal.shortfall),
        "headroom_other": format_yuan(max(balance.headroom_other, 0)),
        "headroom_total": format_yuan(max(balance.headroom_total, 0)),
        "floor_bp": balance.floor_bp,
    }
    if refusal.code == "pool_exhausted":
        return PoolExhausted(
            f"资金池只余 {facts['headroom_total']} 元可分配，超出 {facts['shortfall']} 元",
            detail_en=f"{facts['headroom_total']} yuan left, {facts['shortfall']} too much",
            **facts,
        )
    return IndustryFloorBroken(
        f"产业占比不得低于 {percent(balance.floor_bp)}，还可安排非产业 {facts['headroom_other']} 元，"
        f"超出 {facts['shortfall']} 元",
        detail_en=f"{facts['headroom_other']} yuan left for other purposes, {facts['shortfall']} too much",
        **facts,
    )


def refused_cut(balance: Balance, refusal: Refusal) -> DomainError:
    """The refusal to take money out of a pool in state ``balance``: what must move first, to the fen."""
    must_move = format_yuan(refusal.shortfall)
    facts: dict[str, Any] = {"must_move": must_move, "shortfall": must_move, "floor_bp": balance.floor_bp}
    if refusal.code == "pool_exhausted":
        return PoolExhausted(
            f"资金已经分配，须先收回已分配资金 {must_move} 元",
            detail_en=f"{must_move} yuan of allocations must be taken back first",
            **facts,
        )
    return IndustryFloorBroken(
        f"减少后产业占比将低于 {percent(balance.floor_bp)}，须先从非产业用途收回 {must_move} 元",
        detail_en=f"{must_move} yuan must first be taken back from other purposes",
        **facts,
    )


def percent(basis_points: int) -> str:
    """``5500`` → ``55%``, ``5550`` → ``55.5%``."""
    whole, part = divmod(basis_points, 100)
    return f"{whole}.{part:02d}".rstrip("0").rstrip(".") + "%"


CONSTRAINT_ERRORS: ConstraintErrors = {
    **attachments.CONSTRAINT_ERRORS,
    # The posting checks the same rules first and answers with exact amounts; these stand behind it.
    "ck_pool_industry_floor": IndustryFloorBroken,
    "ck_pool_within_received": PoolExhausted,
    "ck_pool_received_range": AmountTooLarge,
    "ck_pool_not_negative": LedgerBroken,
    "ck_account_not_overdrawn": PoolExhausted,
    "ck_fund_document_within_amount": DocumentExhausted,
    "uq_fund_document_county_code_year_source_level_number": DocumentNumberTaken,
    "uq_floor_rule_year_source_level_region_code_revision": FloorChangedMeanwhile,
    "uq_document_act_county_code_document_id_number": DocumentNumberTaken,
    "ck_fund_document_current_range": AmountTooLarge,
    "uq_transfer_reverses_id": AlreadyReversed,
    "ck_allocation_reversed_unpaid": AllocationInUse,
    "ck_allocation_paid_within_allocated": PaymentExceedsAllocation,
    "ck_contract_paid_within_contract": PaymentExceedsContract,
    "ck_payment_two_persons": SamePerson,
    "uq_payment_event_once": PaymentNotInState,
    "ck_allocation_library_project": ProjectRequired,
    "fk_allocation_plan_entry": ProjectNotPlanned,
    "ck_allocation_after_notice": NoticeStillUp,
    "ck_plan_entry_within_planned": ProjectPlanExceeded,
    "ck_plan_entry_ended_unfunded": ProjectFunded,
    "ck_library_entry_within_planned": ProjectPlanExceeded,
    "ck_library_entry_left_unfunded": ProjectFunded,
    "ck_act_notice_closed_after_end": NoticeStillUp,
    "ck_project_complete": ProposalIncomplete,
    "ck_project_findings_decided": FindingsOpen,
    "ck_yearly_plan_two_persons": SamePerson,
    "ck_acceptance_two_persons": SamePerson,
    "ck_acceptance_assets_add_up": AssetsDoNotAddUp,
    "ck_factor_scheme_two_persons": SamePerson,
    "ck_reconciliation_month_two_persons": SamePerson,
    "ck_reconciliation_month_over": MonthNotOver,
    "ck_reconciliation_statement_before_closing": MonthNotOpen,
    "ck_reconciliation_statement_withdrawn_before_closing": MonthNotOpen,
    "fk_reconciliation_statement_month": MonthNotOpen,
    "ck_reconciliation_match_before_closing": MonthNotOpen,
    "fk_reconciliation_match_month": MonthNotOpen,
    "uq_reconciliation_statement_digest": StatementKnown,
    "ck_reconciliation_part_line_live": StatementMatched,
    "uq_reconciliation_part_line": MatchTaken,
    "uq_reconciliation_part_transfer": MatchTaken,
    "ck_clue_two_persons": SamePerson,
    "ck_clue_recovered_within_amount": RecoveredTooMuch,
    "uq_land_revenue_rule_revision": FloorChangedMeanwhile,
    "uq_land_revenue_report_revision": FloorChangedMeanwhile,
    "uq_payout_line_once": PaidAlready,
    "ck_payout_line_problems_decided": PayoutProblemsOpen,
    "ck_payout_line_never_kept": DecisionImpossible,
    "ck_payout_run_two_persons": SamePerson,
    "uq_payout_run_open": PayoutNotInState,
    "uq_payout_standard_revision": FloorChangedMeanwhile,
    "uq_publication_rule_revision": FloorChangedMeanwhile,
    "uq_negative_list_item_revision": FloorChangedMeanwhile,
    "uq_progress_checkpoint_revision": FloorChangedMeanwhile,
    "uq_allocation_speed_rule_region_code_effective_on_revision": FloorChangedMeanwhile,
}
