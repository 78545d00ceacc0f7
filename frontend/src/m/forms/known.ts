/** What the register knows of a household, in the words of the question whether it still holds. */
import { formatDate } from '@/shared/dates'
import { phrases } from '@/shared/i18n'
import { guarantee, risk } from '@/shared/terms'
import type { PackHousehold } from '../core/types'
import { openGuarantees, prefilled } from '../core/visit'

const t = phrases({
  last: ['{date} 走访', 'Visited {date}'],
  never: ['还没有走访记录', 'No visit on record'],
  assured: ['“三保障”和饮水都有保障', 'All guarantees are met'],
  lacking: ['{what}有问题', 'Not met: {what}'],
  risks: ['风险：{what}', 'Risks: {what}'],
  no_risks: ['没有风险点', 'No risks'],
})

export function knownLines(household: PackHousehold): string[] {
  const known = prefilled(household, 0)
  const open = openGuarantees(known).map(guarantee.label).join('、')
  return [
    household.last_visit ? t('last', { date: formatDate(household.last_visit.visited_at) }) : t('never'),
    open ? t('lacking', { what: open }) : t('assured'),
    known.risks.length > 0 ? t('risks', { what: known.risks.map(risk.label).join('、') }) : t('no_risks'),
  ]
}
