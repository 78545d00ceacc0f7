import type { Criterion } from '@/api/types'
import { phrases, vocabulary } from '@/shared/i18n'
import { formatYuan, fromYuan } from '@/shared/money'
import { guarantee } from '@/shared/terms'

const NAMES = vocabulary({
  income_above_line: ['人均纯收入不低于监测线', 'Net income per head at or above the line'],
  guarantees_safe: ['“两不愁三保障”和饮水安全有保障', 'All guarantees are safe'],
  enrolled_long_enough: ['纳入监测满规定时间', 'Monitored for long enough'],
  has_labour: ['家中有劳动能力的人', 'Somebody in the household can work'],
  income_stable: ['收入持续稳定', 'Income has been stable'],
  expense_solved: ['大额刚性支出已解决', 'The large expense is solved'],
  measures_delivered: ['帮扶措施已落实', 'Measures have been delivered'],
  nobody_left: ['整户死亡、迁出或失联，确已无人', 'Nobody is left'],
})

const t = phrases({
  income: ['人均 {net} 元，监测线 {line} 元', '{net} yuan per head, line {line} yuan'],
  noIncome: ['还没有登记收入，监测线 {line} 元', 'No income on record, line {line} yuan'],
  unsafe: ['{what}没有保障', 'Unsafe: {what}'],
  enrolled: ['{since} 纳入，最早 {earliest} 可以消除', 'Since {since}; {earliest} at the earliest'],
  people: ['在册 {n} 人', '{n} people on the register'],
  months: ['至少 {n} 个月', 'At least {n} months'],
  measures: ['至少 {n} 项', 'At least {n}'],
})

export const criterionName = NAMES.label

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** What a finding rests on, in words. */
export function criterionBasis({ code, basis }: Criterion): string {
  const line = text(basis.line) && formatYuan(fromYuan(text(basis.line)))
  switch (code) {
    case 'income_above_line':
      return basis.net_income_per_head === null ? t('noIncome', { line }) : t('income', { net: formatYuan(fromYuan(text(basis.net_income_per_head))), line })
    case 'guarantees_safe': {
      const unsafe = Array.isArray(basis.unsafe) ? basis.unsafe.map((name) => guarantee.label(String(name))) : []
      return unsafe.length ? t('unsafe', { what: unsafe.join('、') }) : ''
    }
    case 'enrolled_long_enough':
      return t('enrolled', { since: text(basis.since), earliest: text(basis.earliest) })
    case 'has_labour':
    case 'nobody_left':
      return t('people', { n: text(basis.people) })
    case 'income_stable':
      return t('months', { n: text(basis.months) })
    case 'measures_delivered':
      return t('measures', { n: text(basis.measures) })
    default:
      return ''
  }
}
