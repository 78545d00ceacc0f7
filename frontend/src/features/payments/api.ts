import { api, call } from '@/api/client'
import type { Allocation, Payment, PaymentDetail, PaymentWrite, ProgressReport, SourceLevel, SpeedReport } from '@/api/types'
import type { components } from '@/api/schema'
import type { PaymentAct, PaymentStatus } from './words'

type Schemas = components['schemas']

const PAGE_SIZE = 20
const MOST = 50

export interface PaymentQuery {
  year?: number
  source_level?: SourceLevel
  region?: string
  status?: PaymentStatus
  allocation_id?: string
}

export function listPayments(query: PaymentQuery, cursor?: string) {
  return call(api.GET('/api/funds/payments', { params: { query: { ...query, cursor, limit: PAGE_SIZE } } }))
}

export function fetchPayment(id: string): Promise<PaymentDetail> {
  return call(api.GET('/api/funds/payments/{payment_id}', { params: { path: { payment_id: id } } }))
}

export function fetchAllocation(id: string): Promise<Allocation> {
  return call(api.GET('/api/funds/allocations/{allocation_id}', { params: { path: { allocation_id: id } } }))
}

/** The newest allocations, to choose the one to pay from. */
export async function latestAllocations(): Promise<Allocation[]> {
  return (await call(api.GET('/api/funds/allocations', { params: { query: { status: 'allocated', limit: MOST } } }))).items
}

export function requestPayment(id: string, body: PaymentWrite): Promise<PaymentDetail> {
  return call(api.PUT('/api/funds/payments/{payment_id}', { params: { path: { payment_id: id } }, body }))
}

/** `key` is made when the dialog opens: pressing twice takes one step. */
export function actOnPayment(id: string, act: PaymentAct, key: string, words: string): Promise<Payment> {
  const params = { path: { payment_id: id }, header: { 'idempotency-key': key } }
  if (act === 'approval') return call(api.POST('/api/funds/payments/{payment_id}/approval', { params, body: { opinion: words } }))
  if (act === 'return') return call(api.POST('/api/funds/payments/{payment_id}/return', { params, body: { reason: words } }))
  if (act === 'withdrawal') return call(api.POST('/api/funds/payments/{payment_id}/withdrawal', { params, body: { reason: words } }))
  if (act === 'refund') return call(api.POST('/api/funds/payments/{payment_id}/refund', { params, body: { reason: words } }))
  return call(api.POST('/api/funds/payments/{payment_id}/payment', { params }))
}

export function fetchProgress(year: number): Promise<ProgressReport> {
  return call(api.GET('/api/funds/payments/progress', { params: { query: { year } } }))
}

export function fetchSpeed(year: number): Promise<SpeedReport> {
  return call(api.GET('/api/funds/payments/speed', { params: { query: { year } } }))
}

export function setCheckpoint(id: string, body: Schemas['FundsCheckpointWrite']) {
  return call(api.PUT('/api/funds/payments/checkpoints/{checkpoint_id}', { params: { path: { checkpoint_id: id } }, body }))
}

export function setSpeedRule(id: string, body: Schemas['FundsSpeedRuleWrite']) {
  return call(api.PUT('/api/funds/payments/speed-rules/{rule_id}', { params: { path: { rule_id: id } }, body }))
}
