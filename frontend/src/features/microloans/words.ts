/** The words of microloans (docs/domain.md): identifier → 中文, English. */
import { vocabulary } from '@/shared/i18n'
import type { Tone } from '@/shared/ui/Tag.vue'

export const standing = vocabulary({
  overdue: ['逾期', 'Overdue'],
  due_soon: ['30 天内到期', 'Due within 30 days'],
  current: ['正常', 'Current'],
  repaid: ['已还清', 'Repaid'],
})

export const loanProblem = vocabulary({
  not_registered: ['档案中没有此人', 'Not in the register'],
  not_supported: ['不是脱贫户或监测对象', 'Neither lifted nor monitored'],
  died: ['已死亡', 'Has died'],
  moved_out: ['已迁出或销户', 'Has moved away'],
  over_amount: ['超过单笔额度', 'Above the limit'],
  household_over_amount: ['全户余额超过额度', 'Household above the limit'],
  over_term: ['超过期限', 'Term too long'],
  age: ['年龄不符', 'Age outside the limits'],
  rate: ['利率超过上限', 'Rate above the cap'],
  not_household_used: ['非户贷户用', 'Not used by the household'],
})

const TONES: Record<string, Tone> = { overdue: 'red', due_soon: 'orange', current: 'pine', repaid: 'plain' }

export function toneOf(code: string): Tone {
  return TONES[code] ?? 'plain'
}
