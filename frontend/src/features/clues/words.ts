/** The words of clues (docs/domain.md): identifier → 中文, English. */
import type { Clue, ClueRow } from '@/api/types'
import { vocabulary } from '@/shared/i18n'
import type { Tone } from '@/shared/ui/Tag.vue'

export type ClueState = ClueRow['state']
export type SubjectType = ClueRow['subject_type']
export type ClueAct = 'acceptance' | 'notes' | 'recoveries' | 'rectification' | 'return' | 'closing'

export const clueState = vocabulary({
  received: ['待受理', 'Received'],
  investigating: ['调查核实中', 'Being investigated'],
  rectified: ['已整改待验收', 'Rectified'],
  closed: ['已销号', 'Closed'],
})
export const clueSource = vocabulary({
  audit: ['审计', 'Audit'],
  inspection: ['巡察', 'Inspection'],
  report: ['举报', 'Report'],
  self_check: ['自查', 'Self-check'],
})
export const subjectType = vocabulary({
  project: ['项目', 'Project'],
  payment: ['支付', 'Payment'],
  payout: ['补贴发放', 'Payout'],
  document: ['指标文件', 'Budget document'],
  allocation: ['资金安排', 'Allocation'],
})
export const finding = vocabulary({
  substantiated: ['属实', 'Substantiated'],
  partly: ['部分属实', 'Partly'],
  unfounded: ['不属实', 'Unfounded'],
})
export const clueAct = vocabulary({
  acceptance: ['受理', 'Take up'],
  notes: ['记录核实情况', 'Add a note'],
  recoveries: ['记录追回资金', 'Record recovered money'],
  rectification: ['报整改结果', 'Report rectification'],
  return: ['退回继续整改', 'Return'],
  closing: ['验收销号', 'Verify and close'],
})
/** What stands in the history. */
export const clueAction = vocabulary({
  raise: ['登记', 'Raised'],
  accept: ['受理', 'Taken up'],
  note: ['核实情况', 'Note'],
  recover: ['追回资金', 'Recovered'],
  rectify: ['报整改结果', 'Rectified'],
  return: ['退回继续整改', 'Returned'],
  close: ['验收销号', 'Closed'],
})

const TONES: Record<ClueState, Tone> = { received: 'orange', investigating: 'gold', rectified: 'gold', closed: 'pine' }

export function toneOf(state: ClueState): Tone {
  return TONES[state]
}

interface Step {
  before: readonly ClueState[]
  permission: string
  byAnother?: boolean
}

const STEPS: Record<ClueAct, Step> = {
  acceptance: { before: ['received'], permission: 'funds.clues:handle' },
  rectification: { before: ['investigating'], permission: 'funds.clues:handle' },
  closing: { before: ['rectified'], permission: 'funds.clues:close', byAnother: true },
  return: { before: ['rectified'], permission: 'funds.clues:close', byAnother: true },
  notes: { before: ['investigating', 'rectified'], permission: 'funds.clues:handle' },
  recoveries: { before: ['investigating', 'rectified'], permission: 'funds.clues:handle' },
}

export interface Offer {
  act: ClueAct
  /** Theirs by permission, but they handled it: shown, not to be pressed. */
  own: boolean
}

/** What a person may do to a clue now; the service decides again. */
export function offersOf(clue: Pick<Clue, 'state' | 'handler_id' | 'amount' | 'recovered'>, myId: string, may: (permission: string) => boolean): Offer[] {
  return (Object.keys(STEPS) as ClueAct[])
    .filter((act) => STEPS[act].before.includes(clue.state) && may(STEPS[act].permission))
    .filter((act) => act !== 'recoveries' || clue.amount !== clue.recovered)
    .map((act) => ({ act, own: Boolean(STEPS[act].byAnother) && clue.handler_id === myId }))
}

/** The page of what a clue is about, and who may open it. */
export function subjectPage(type: SubjectType, id: string): { name: string; params?: { id: string }; query?: Record<string, string>; permission: string } | null {
  if (type === 'payment') return { name: 'payment', params: { id }, permission: 'funds.payments:read' }
  if (type === 'project') return { name: 'project', params: { id }, permission: 'funds.projects:read' }
  if (type === 'document') return { name: 'fund-document', params: { id }, permission: 'funds.documents:read' }
  if (type === 'allocation') return { name: 'trail', query: { allocation: id }, permission: 'funds.transfers:read' }
  return { name: 'payout', params: { id }, permission: 'funds.payouts:read' }
}
