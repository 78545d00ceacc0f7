/** The words of casework (docs/domain.md): identifier → 中文, English. */
import type { Case, CaseRow } from '@/api/types'
import { vocabulary } from '@/shared/i18n'
import { risk } from '@/shared/terms'
import type { Tone } from '@/shared/ui/Tag.vue'

export const stage = vocabulary({
  application: ['提交申请', 'Application'],
  home_verification: ['入户核实', 'Home verification'],
  village_review: ['村级评议', 'Village review'],
  notice: ['公示', 'Public notice'],
  township_review: ['乡镇审核', 'Township review'],
  county_determination: ['县级审定', 'County determination'],
})

export const caseState = vocabulary({
  application: ['待补充申请', 'Application to complete'],
  home_verification: ['待入户核实', 'To be verified'],
  village_review: ['待村级评议', 'To be reviewed by the village'],
  notice: ['公示中', 'On public notice'],
  township_review: ['待乡镇审核', 'To be reviewed by the township'],
  county_determination: ['待县级审定', 'To be determined'],
  monitored: ['已纳入监测', 'Monitored'],
  eliminated: ['风险已消除', 'Risk eliminated'],
  refused: ['不予通过', 'Refused'],
  withdrawn: ['已撤回', 'Withdrawn'],
  rolled_back: ['消除已回退', 'Elimination rolled back'],
  remarked: ['风险已再标注', 'Marked again'],
})

export const kind = vocabulary({
  identification: ['识别认定', 'Identification'],
  elimination: ['风险消除', 'Elimination'],
  natural_elimination: ['自然消除', 'Natural elimination'],
})

export const origin = vocabulary({
  cadre: ['干部走访', 'Cadre'],
  township: ['乡镇发起', 'Township'],
  lead: ['预警线索', 'Lead'],
  self_application: ['自主申请', 'Self-application'],
})

export const action = vocabulary({
  open: ['提交申请', 'Opened'],
  complete: ['办结', 'Completed'],
  return: ['退回', 'Returned'],
  refuse: ['不予通过', 'Refused'],
  withdraw: ['撤回', 'Withdrawn'],
  rollback: ['回退', 'Rolled back'],
  remark: ['再标注', 'Marked again'],
})

export const urgency = vocabulary({
  overdue: ['已超期', 'Overdue'],
  today: ['今日到期', 'Due today'],
  this_week: ['本周到期', 'This week'],
  later: ['以后', 'Later'],
})

export const queueName = vocabulary({
  todo: ['待办', 'To do'],
  done: ['已办', 'Done'],
  started_by_me: ['我发起', 'Started by me'],
  all: ['全部', 'All'],
})

export const method = vocabulary({
  documents: ['查阅资料', 'Documents'],
  home_visit: ['入户抽查', 'Home visit'],
  data_comparison: ['数据比对', 'Data comparison'],
})

export const finding = vocabulary({
  met: ['已满足', 'Met'],
  not_met: ['未满足', 'Not met'],
  needs_human: ['须人工判断', 'For a person to judge'],
})

export const objectionState = vocabulary({
  open: ['待答复', 'Open'],
  upheld: ['成立', 'Upheld'],
  rejected: ['不成立', 'Rejected'],
})

export const URGENCY_TONE: Record<string, Tone> = { overdue: 'red', today: 'orange', this_week: 'gold', later: 'plain' }
export const FINDING_TONE: Record<string, Tone> = { met: 'pine', not_met: 'red', needs_human: 'gold' }

export function stateTone(row: Pick<CaseRow, 'state'>): Tone {
  if (row.state === 'monitored') return 'gold'
  if (row.state === 'eliminated') return 'pine'
  return 'plain'
}

/** A class in the words of the case's own time. */
export function className(found: Case, code: string | null | undefined): string {
  return code ? (found.policy.class_names[code] ?? code) : ''
}

export function classOptions(found: Case): { value: string; label: string }[] {
  return Object.entries(found.policy.class_names).map(([value, label]) => ({ value, label }))
}

/** Risks in the words of the case's own time; one that its time did not know keeps today's name. */
export function riskNames(found: Case, codes: readonly string[] | null | undefined): string {
  const own = new Map(found.policy.risk_points.map((point) => [point.code, point.name]))
  return (codes ?? []).map((code) => own.get(code) ?? risk.label(code)).join('、')
}

export function riskOptions(found: Case): { value: string; label: string }[] {
  const own = found.policy.risk_points.map(({ code, name }) => ({ value: code, label: name }))
  return own.length ? own : [...risk.options()]
}
