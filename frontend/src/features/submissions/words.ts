import type { Submission, Visit } from '@/api/types'
import { phrases, vocabulary } from '@/shared/i18n'
import { guarantee, risk } from '@/shared/terms'

export const kind = vocabulary({
  verification: ['入户核实', 'Home verification'],
  application: ['申请监测', 'Application'],
  registration: ['登记新户', 'Registration'],
})

const t = phrases({
  supplement: ['补充材料', 'Supplement'],
  done: ['已办结', 'Done'],
  duplicates: ['{n} 人疑似重复登记', '{n} may be registered twice'],
  risks: ['风险点：{what}', 'Risks: {what}'],
  lacking: ['{what}有问题', 'Not met: {what}'],
  assured: ['保障都没有问题', 'All guarantees are met'],
  income: ['收入有变化：{note}', 'Income changed: {note}'],
})

export function outcome(row: Submission): string {
  if (row.duplicates > 0) return t('duplicates', { n: row.duplicates })
  return row.outcome === 'supplement' ? t('supplement') : t('done')
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.trim() : ''
}

/** The form in a few words; what identifies persons is not in it. */
export function gist(row: Submission): string {
  const { risks, ...content } = row.content
  const named = Array.isArray(risks) && risks.length > 0 ? t('risks', { what: risks.map((code) => risk.label(String(code))).join('、') }) : ''
  return [text(content.difficulty), text(content.opinion), named, text(content.note)].filter(Boolean).join('；')
}

export function findings({ findings: found }: Visit): string {
  const open = guarantee.codes.filter((code) => (found.guarantees_ok as Record<string, boolean>)[code] === false)
  const named = found.risks ?? []
  return [
    open.length > 0 ? t('lacking', { what: open.map(guarantee.label).join('、') }) : t('assured'),
    found.income_changed ? t('income', { note: found.income_note ?? '' }) : '',
    named.length > 0 ? t('risks', { what: named.map(risk.label).join('、') }) : '',
    found.note ?? '',
  ].filter(Boolean).join('；')
}
