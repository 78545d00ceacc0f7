import type { FundDocumentCreate, SourceLevel } from '@/api/types'
import { today } from '@/shared/dates'
import type { Messages } from '@/shared/form'
import { phrases } from '@/shared/i18n'
import { uuid7 } from '@/shared/ids'
import { toYuan, type Fen } from '@/shared/money'

const t = phrases({
  year: ['请填写四位年度，例如 2026', 'Enter the year in four digits, e.g. 2026'],
  source: ['请选择资金来源', 'Choose the source'],
  number: ['请填写文号', 'Enter the document number'],
  title: ['请填写文件名称', 'Enter the title'],
  issued: ['请填写发文日期', 'Enter the date of issue'],
  received: ['请填写收文日期', 'Enter the date received'],
  order: ['收文日期不能早于发文日期', 'It cannot be received before it was issued'],
  future: ['日期不能晚于今天', 'The date cannot be in the future'],
  amount: ['请填写金额', 'Enter the amount'],
})

export interface DocumentValues {
  id: string
  year: string
  source_level: SourceLevel | ''
  number: string
  title: string
  issued_on: string
  received_on: string
  amount: Fen | null
  purpose: string
  direct: boolean
}

export function emptyDocument(): DocumentValues {
  const day = today()
  return { id: uuid7(), year: day.slice(0, 4), source_level: '', number: '', title: '', issued_on: '', received_on: day, amount: null, purpose: '', direct: false }
}

export function checkDocument(values: DocumentValues, day: string = today()): Messages {
  const errors: Messages = {}
  if (!/^20\d{2}$/.test(values.year)) errors.year = t('year')
  if (!values.source_level) errors.source_level = t('source')
  if (!values.number.trim()) errors.number = t('number')
  if (!values.title.trim()) errors.title = t('title')
  if (!values.issued_on) errors.issued_on = t('issued')
  else if (values.issued_on > day) errors.issued_on = t('future')
  if (!values.received_on) errors.received_on = t('received')
  else if (values.received_on > day) errors.received_on = t('future')
  else if (values.issued_on && values.received_on < values.issued_on) errors.received_on = t('order')
  if (values.amount === null || values.amount <= 0n) errors.amount = t('amount')
  return errors
}

/** The request of checked values. */
export function documentBody(values: DocumentValues): FundDocumentCreate {
  return {
    year: Number(values.year),
    source_level: values.source_level || 'central',
    number: values.number.trim(),
    title: values.title.trim(),
    issued_on: values.issued_on,
    received_on: values.received_on,
    amount: toYuan(values.amount ?? 0n),
    purpose: values.purpose.trim(),
    direct: values.direct,
  }
}
