/** The words of reconciliation (docs/domain.md): identifier → 中文, English. */
import type { ReconciliationMonthRow, ReconciliationTotals } from '@/api/types'
import { phrases, vocabulary } from '@/shared/i18n'
import { fromYuan } from '@/shared/money'
import type { Tone } from '@/shared/ui/Tag.vue'

export type MonthState = ReconciliationMonthRow['state']

export const monthState = vocabulary({
  open: ['核对中', 'Open'],
  submitted: ['待结账', 'To be closed'],
  closed: ['已结账', 'Closed'],
})
export const channel = vocabulary({ treasury: ['国库', 'Treasury'], bank: ['银行', 'Bank'] })
export const direction = vocabulary({ in: ['收入', 'In'], out: ['支出', 'Out'] })
export const how = vocabulary({
  exact: ['逐笔相符', 'Exact'],
  reference: ['凭证号相同', 'Same reference'],
  near: ['日期相近', 'Nearby date'],
  sum: ['合计相符', 'By sum'],
  manual: ['手工配对', 'By hand'],
})
export const kind = vocabulary({
  receipt: ['资金下达', 'Receipt'],
  supplement: ['追加', 'Supplement'],
  refund: ['支付收回', 'Refund'],
  cut: ['调减', 'Cut'],
  return: ['退回上级', 'Return'],
  payment: ['支付', 'Payment'],
})

const TONES: Record<MonthState, Tone> = { open: 'gold', submitted: 'orange', closed: 'pine' }

export function toneOf(state: MonthState): Tone {
  return TONES[state]
}

const t = phrases({ month: ['{year} 年 {month} 月', '{year}-{month}'], count: ['{n} 笔', '{n}'] })

/** "2026-10" → 2026 年 10 月. */
export function monthName(month: string): string {
  return t('month', { year: month.slice(0, 4), month: String(Number(month.slice(5))) })
}

export function countOf(totals: ReconciliationTotals): number {
  return totals.in_count + totals.out_count
}

export function counted(n: number): string {
  return t('count', { n: n.toLocaleString('en-US') })
}

/** The months that may be begun, newest first: the one after the last, or any of the past year for the first. */
export function nextMonths(last: string | null, today: string): string[] {
  const now = today.slice(0, 7)
  const step = (month: string, by: number): string => {
    const at = Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1 + by
    return `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`
  }
  if (last) return step(last, 1) <= now ? [step(last, 1)] : []
  return Array.from({ length: 12 }, (_, back) => step(now, -back))
}

/** Signed total of picked items in fen: income positive. */
export function net(items: readonly { direction: 'in' | 'out'; amount: string }[]): bigint {
  return items.reduce((sum, item) => sum + (item.direction === 'in' ? fromYuan(item.amount) : -fromYuan(item.amount)), 0n)
}
