/** An allocation as it is typed, judged against its pool to the fen before it is sent. */
import type { AllocationCreate, Pool, Purpose } from '@/api/types'
import type { Messages } from '@/shared/form'
import { phrases } from '@/shared/i18n'
import { uuid7 } from '@/shared/ids'
import { formatWan, formatYuan, toYuan, type Fen } from '@/shared/money'
import { percent, poolState, refusal, withDraft, type DraftLine, type Refusal } from '@/shared/pool'

const t = phrases({
  pool: ['请选择资金', 'Choose the fund'],
  region: ['请选择乡镇或村', 'Choose a township or village'],
  purpose: ['请选择用途', 'Choose a purpose'],
  title: ['请填写项目或事项名称', 'Enter the project or matter'],
  amount: ['请填写金额', 'Enter the amount'],
  floor: ['超出产业占比 {floor}% 红线 {wan} 万元（{yuan} 元），不能安排', '{wan} (×10k yuan; {yuan} yuan) beyond the {floor}% red line: refused'],
  money: ['超出可用资金 {wan} 万元（{yuan} 元），不能安排', '{wan} (×10k yuan; {yuan} yuan) beyond the money: refused'],
})

export interface AllocationValues {
  id: string
  pool_id: string
  region_code: string
  purpose: Purpose | ''
  title: string
  amount: Fen | null
  note: string
  document_id: string
  /** The project of the yearly plan that is funded. */
  project_id: string
}

export function emptyAllocation(poolId: string, region: string): AllocationValues {
  return { id: uuid7(), pool_id: poolId, region_code: region, purpose: '', title: '', amount: null, note: '', document_id: '', project_id: '' }
}

/** What the card shows hatched: nothing until there is an amount and a purpose. */
export function draftOf(values: Pick<AllocationValues, 'purpose' | 'amount'>): DraftLine[] {
  if (!values.purpose || values.amount === null || values.amount <= 0n) return []
  return [{ industry: values.purpose === 'industry', amount: values.amount }]
}

export function refusalOf(values: Pick<AllocationValues, 'purpose' | 'amount'>, pool: Pool): Refusal | null {
  const draft = draftOf(values)
  return draft.length ? refusal(withDraft(poolState(pool), draft)) : null
}

/** The refusal in the words of a clerk, with the exact shortfall. */
export function refusalWords({ reason, shortfall }: Refusal, floorBp: number): string {
  const amounts = { wan: formatWan(shortfall), yuan: formatYuan(shortfall) }
  return reason === 'pool_exhausted' ? t('money', amounts) : t('floor', { ...amounts, floor: percent(floorBp).replace(/\.?0+$/, '') })
}

export function checkAllocation(values: AllocationValues, pool: Pool | null): Messages {
  const errors: Messages = {}
  if (!pool) errors.pool_id = t('pool')
  if (!values.purpose) errors.purpose = t('purpose')
  if (values.amount === null || values.amount <= 0n) errors.amount = t('amount')
  if (values.region_code.length < 9) errors.region_code = t('region')
  if (!values.title.trim()) errors.title = t('title')
  const refused = pool ? refusalOf(values, pool) : null
  if (refused && pool) errors.amount = refusalWords(refused, pool.floor_bp)
  return errors
}

/** The request of checked values. */
export function allocationBody(values: AllocationValues): AllocationCreate {
  return {
    pool_id: values.pool_id,
    region_code: values.region_code,
    purpose: values.purpose || 'other',
    title: values.title.trim(),
    amount: toYuan(values.amount ?? 0n),
    note: values.note.trim(),
    document_id: values.document_id || null,
    project_id: values.project_id || null,
  }
}
