/** A list of payouts as it is begun, judged before it is sent. */
import type { PayoutStandard } from '@/api/types'
import type { Messages } from '@/shared/form'
import { phrases } from '@/shared/i18n'

const t = phrases({
  standard: ['请选择补助标准', 'Choose the standard'],
  allocation: ['请选择从哪一笔资金安排发放', 'Choose the allocation'],
  period: ['期间应写成“{example}”这样', 'The period is written like “{example}”'],
  name: ['请填写批次名称，至少 2 个字', 'Enter a name'],
  bank: ['请填写代发银行，至少 2 个字', 'Enter the bank'],
  account: ['请填写 8 到 30 位数字的账号', 'An account number of 8 to 30 digits'],
})

const PERIODS: Record<PayoutStandard['period_kind'], { pattern: RegExp; example: string }> = {
  year: { pattern: /^20\d\d$/, example: '2026' },
  semester: { pattern: /^20\d\d[春秋]$/, example: '2026秋' },
  month: { pattern: /^20\d\d-(0[1-9]|1[0-2])$/, example: '2026-09' },
  once: { pattern: /^/, example: 'once' },
}
const ACCOUNT = /^\d[\d -]{6,38}\d$/

export interface BatchValues {
  standard_id: string
  period: string
  title: string
  allocation_id: string
  bank: string
  account_number: string
}

export function emptyBatch(): BatchValues {
  return { standard_id: '', period: String(new Date().getFullYear()), title: '', allocation_id: '', bank: '', account_number: '' }
}

export function periodExample(standard: Pick<PayoutStandard, 'period_kind'> | undefined): string {
  return PERIODS[standard?.period_kind ?? 'year'].example
}

export function checkBatch(values: BatchValues, standard: Pick<PayoutStandard, 'period_kind'> | undefined): Messages {
  const found: Messages = {}
  if (!standard) found.standard_id = t('standard')
  else if (!PERIODS[standard.period_kind].pattern.test(values.period.trim())) found.period = t('period', { example: periodExample(standard) })
  if (values.title.trim().length < 2) found.title = t('name')
  if (!values.allocation_id) found.allocation_id = t('allocation')
  if (values.bank.trim().length < 2) found.bank = t('bank')
  if (!ACCOUNT.test(values.account_number.trim())) found.account_number = t('account')
  return found
}
