/** Acts and their effects in a clerk's words. */
import type { Effect } from '@/api/types'
import { phrases, vocabulary } from '@/shared/i18n'

export const actKind = vocabulary({
  birth: ['出生', 'Birth'],
  move_in: ['迁入', 'Move in'],
  death: ['死亡', 'Death'],
  head_change: ['变更户主', 'Change of head'],
  split: ['分户', 'Split'],
  merge: ['并户', 'Merger'],
  transfer: ['转入他户', 'Transfer'],
  move_village: ['整户迁往本辖区他村', 'Move within the region'],
  move_out: ['迁出系统外', 'Move out'],
  declare_move: ['申报迁往他处', 'Declared move'],
  withdraw_move: ['撤回迁移申报', 'Declaration withdrawn'],
  decline_move: ['迁移申报被退回', 'Declaration declined'],
  moved_out: ['对方已接收，迁出', 'Accepted there, moved out'],
  moved_in: ['接收迁入', 'Moved in'],
  close: ['销户', 'Closing'],
  undo: ['撤销变动', 'Undo'],
})

export const basis = vocabulary({
  id_number: ['身份证号相同', 'Same ID number'],
  name_birth_village: ['同村同名同生日', 'Same name, birth date, village'],
})

export const pairState = vocabulary({
  open: ['待处理', 'Open'],
  merged: ['已合并', 'Merged'],
  not_duplicate: ['不是同一人', 'Not a duplicate'],
})

export const relocationState = vocabulary({
  pending: ['待接收', 'Waiting'],
  accepted: ['已接收', 'Accepted'],
  declined: ['已退回', 'Declined'],
  withdrawn: ['对方已撤回', 'Withdrawn'],
})

const EFFECTS = {
  joins: ['{name}成为本户成员', '{name} becomes a member'],
  leaves_died: ['{name}登记为死亡', '{name} is recorded as died'],
  leaves_moved_out: ['{name}登记为迁出', '{name} is recorded as moved out'],
  leaves_transferred: ['{name}转出本户', '{name} leaves this household'],
  leaves_merged: ['{name}的重复登记并入另一条', 'The duplicate record of {name} is merged'],
  new_head: ['户主变更为{name}', '{name} becomes head'],
  closes: ['户内无人，销户', 'Nobody is left: the household closes'],
  waits_for_elimination: ['户内无人，但监测未结束或有在办案卷：保留户头，请办理自然消除', 'Nobody is left, but monitoring has not ended: the household stays open for natural elimination'],
  new_household: ['新立{name}户，{people} 人', 'A household of {name} is founded, {people} people'],
  monitoring_both: ['分户后两户都继续监测', 'Both households go on being monitored'],
  monitoring_origin: ['原户继续监测，新户不列为监测对象', 'The old household goes on being monitored'],
  monitoring_new: ['新户继续监测，原户不再列为监测对象', 'The new household goes on being monitored'],
  monitoring_carried: ['监测类别和风险由并入户承接', 'The other household carries class and risks on'],
  joins_household: ['{people} 人转入对方户', '{people} people join the other household'],
  moves_village: ['整户 {people} 人迁往新村，户编号 {household_no}', 'All {people} people move; the new number is {household_no}'],
  waits_for_acceptance: ['{people} 人的迁移等待对方接收，接收前仍在本户', 'The move of {people} people waits for acceptance'],
  withdraws_move: ['撤回 {people} 人的迁移申报', 'The declared move of {people} people is withdrawn'],
  undoes: ['撤销“{kind}”，恢复到变动之前', 'Undo “{kind}”: everything becomes as before'],
} as const

const sentences = phrases(EFFECTS)

function isKnown(code: string): code is keyof typeof EFFECTS {
  return code in EFFECTS
}

export function effectText(effect: Effect): string {
  if (!isKnown(effect.code)) return effect.code
  const params: Record<string, string> = Object.fromEntries(Object.entries(effect.params).map(([name, value]) => [name, String(value)]))
  if (params.kind) params.kind = actKind.label(params.kind)
  return sentences(effect.code, params)
}
