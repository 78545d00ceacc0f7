/** A request for a payment as it is typed, judged against its allocation before it is sent. */
import type { Allocation, PaymentWrite } from '@/api/types'
import type { ChosenFile } from '@/shared/files'
import type { Messages } from '@/shared/form'
import { phrases } from '@/shared/i18n'
import { uuid7 } from '@/shared/ids'
import { formatWan, formatYuan, fromYuan, toYuan, type Fen } from '@/shared/money'

const t = phrases({
  allocation: ['请选择从哪一笔资金安排支付', 'Choose the allocation'],
  amount: ['请填写金额', 'Enter the amount'],
  beyond: ['超出可申请金额 {wan} 万元（{yuan} 元）', '{wan} (×10k yuan; {yuan} yuan) beyond what is left'],
  payee: ['请填写收款单位或个人', 'Enter the payee'],
  bank: ['请填写开户行，至少 2 个字', 'Enter the bank'],
  account: ['请填写 8 到 30 位数字的账号', 'An account number of 8 to 30 digits'],
  number: ['请填写凭证号', 'Enter the voucher number'],
  evidence: ['请填写支付依据', 'State what the payment rests on'],
  contract: ['合同号与合同金额须同时填写', 'Number and amount of the contract go together'],
})

export interface PaymentValues {
  id: string
  allocation_id: string
  amount: Fen | null
  payee: string
  bank: string
  account_number: string
  evidence_number: string
  evidence: string
  contract_number: string
  contract_amount: Fen | null
  files: ChosenFile[]
}

export function emptyPayment(allocationId: string): PaymentValues {
  return { id: uuid7(), allocation_id: allocationId, amount: null, payee: '', bank: '', account_number: '', evidence_number: '', evidence: '', contract_number: '', contract_amount: null, files: [] }
}

/** What may still be requested from an allocation. */
export function leftOf(allocation: Pick<Allocation, 'amount' | 'committed'>): Fen {
  return fromYuan(allocation.amount) - fromYuan(allocation.committed)
}

function amountFault(amount: Fen | null, allocation: Allocation | null): string | undefined {
  if (amount === null || amount <= 0n) return t('amount')
  if (!allocation) return undefined
  const over = amount - leftOf(allocation)
  return over > 0n ? t('beyond', { wan: formatWan(over), yuan: formatYuan(over) }) : undefined
}

export function checkPayment(values: PaymentValues, allocation: Allocation | null): Messages {
  const errors: Messages = {}
  if (!values.allocation_id) errors.allocation_id = t('allocation')
  const amount = amountFault(values.amount, allocation)
  if (amount) errors.amount = amount
  if (!values.payee.trim()) errors.payee = t('payee')
  if (values.bank.trim().length < 2) errors.bank = t('bank')
  if (!/^\d{8,30}$/.test(values.account_number.replace(/[\s-]/g, ''))) errors.account_number = t('account')
  if (!values.evidence_number.trim()) errors.evidence_number = t('number')
  if (!values.evidence.trim()) errors.evidence = t('evidence')
  const priced = values.contract_amount !== null && values.contract_amount > 0n
  if (Boolean(values.contract_number.trim()) !== priced) errors[priced ? 'contract_number' : 'contract_amount'] = t('contract')
  return errors
}

/** The request of checked values. */
export function paymentBody(values: PaymentValues): PaymentWrite {
  const contract = values.contract_number.trim()
  return {
    allocation_id: values.allocation_id,
    amount: toYuan(values.amount ?? 0n),
    payee: values.payee.trim(),
    bank: values.bank.trim(),
    account_number: values.account_number.replace(/[\s-]/g, ''),
    evidence_number: values.evidence_number.trim(),
    evidence: values.evidence.trim(),
    contract_number: contract || null,
    contract_amount: contract ? toYuan(values.contract_amount ?? 0n) : null,
  }
}
