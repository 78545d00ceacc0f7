/** 追加、调减、退回 of a document's money as it is typed, and the refusal in the words of a clerk. */
import type { DocumentAct, DocumentActWrite, FundDocument } from '@/api/types'
import { today } from '@/shared/dates'
import type { Messages } from '@/shared/form'
import { phrases, vocabulary } from '@/shared/i18n'
import { formatWan, formatYuan, fromYuan, toYuan, type Fen } from '@/shared/money'
import type { Problem } from '@/shared/problem'

export type ActKind = DocumentAct['kind']

export const actKind = vocabulary({
  supplement: ['追加', 'Supplement'],
  cut: ['调减', 'Cut'],
  return: ['退回', 'Return'],
})

const t = phrases({
  kind: ['请选择办理什么', 'Choose what is done'],
  number: ['请填写据以办理的文号', 'Enter the document number'],
  issued: ['请填写发文日期', 'Enter the date of issue'],
  future: ['日期不能晚于今天', 'The date cannot be in the future'],
  amount: ['请填写金额', 'Enter the amount'],
  beyond: ['文件现有 {have} 万元，超出 {wan} 万元（{yuan} 元）', 'The document holds {have}; {wan} (×10k yuan; {yuan} yuan) too much'],
  reason: ['请写明事由，至少 2 个字', 'State the reason'],
  drawn: ['本文件的钱已经安排，须先收回 {wan} 万元（{yuan} 元）才能办理', '{wan} (×10k yuan; {yuan} yuan) allocated from this document must be taken back first'],
  move: ['{why}。须先收回 {wan} 万元（{yuan} 元）才能办理', '{why}. {wan} (×10k yuan; {yuan} yuan) must be taken back first'],
  industry_floor_broken: ['减少后产业占比将低于红线', 'The industry share would fall below the red line'],
  pool_exhausted: ['资金池的钱已经安排出去', 'The money of the pool is allocated'],
  document_exhausted: ['本文件的钱已经安排', 'The money of this document is allocated'],
})

export interface ActValues {
  kind: ActKind | ''
  number: string
  issued_on: string
  amount: Fen | null
  reason: string
}

export function emptyAct(): ActValues {
  return { kind: '', number: '', issued_on: '', amount: null, reason: '' }
}

/** Fen that named allocations must give back before so much can leave the document; null when none. */
export function mustMove(kind: ActKind | '', amount: Fen | null, document: Pick<FundDocument, 'current' | 'allocated'>): Fen | null {
  if ((kind !== 'cut' && kind !== 'return') || amount === null) return null
  const current = fromYuan(document.current)
  const moved = amount - (current - fromYuan(document.allocated))
  return amount <= current && moved > 0n ? moved : null
}

function amountFault(values: ActValues, document: FundDocument): string | undefined {
  if (values.amount === null || values.amount <= 0n) return t('amount')
  const over = values.amount - fromYuan(document.current)
  if (values.kind !== 'supplement' && over > 0n) return t('beyond', { have: formatWan(fromYuan(document.current)), wan: formatWan(over), yuan: formatYuan(over) })
  const moved = mustMove(values.kind, values.amount, document)
  return moved === null ? undefined : t('drawn', { wan: formatWan(moved), yuan: formatYuan(moved) })
}

export function checkAct(values: ActValues, document: FundDocument, day: string = today()): Messages {
  const errors: Messages = {}
  if (!values.kind) errors.kind = t('kind')
  const amount = amountFault(values, document)
  if (amount) errors.amount = amount
  if (!values.number.trim()) errors.number = t('number')
  if (!values.issued_on) errors.issued_on = t('issued')
  else if (values.issued_on > day) errors.issued_on = t('future')
  if (values.reason.trim().length < 2) errors.reason = t('reason')
  return errors
}

/** What the ledger refuses, with the exact amount that must move first; null for any other refusal. */
export function refusedAct(problem: Problem): string | null {
  const moved = problem.text('must_move')
  const why = (['industry_floor_broken', 'pool_exhausted', 'document_exhausted'] as const).find((code) => code === problem.code)
  if (!moved || !why) return null
  const fen = fromYuan(moved)
  return t('move', { why: t(why), wan: formatWan(fen), yuan: formatYuan(fen) })
}

/** The request of checked values. */
export function actBody(values: ActValues): DocumentActWrite {
  return { kind: values.kind || 'supplement', number: values.number.trim(), issued_on: values.issued_on, amount: toYuan(values.amount ?? 0n), reason: values.reason.trim() }
}
