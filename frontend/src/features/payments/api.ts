import { api, call } from '@/api/client'
import type { Allocation, Attachment, Payment, PaymentDetail, PaymentWrite, ProgressReport, SourceLevel, SpeedReport } from '@/api/types'
import type { ChosenFile } from '@/shared/files'
import type { PaymentAct, PaymentStatus } from './words'

const PAGE_SIZE = 20
const MOST = 50
const MEDIA = ['image/jpeg', 'image/png', 'image/webp', 'application/pdf'] as const

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
  if (act === 'refund') return call(api.POST('/api/funds/payments/{payment_id}/refund', { params, body: { reason: words } }))
  return call(api.POST('/api/funds/payments/{payment_id}/payment', { params }))
}

export function fetchProgress(year: number): Promise<ProgressReport> {
  return call(api.GET('/api/funds/payments/progress', { params: { query: { year } } }))
}

export function fetchSpeed(year: number): Promise<SpeedReport> {
  return call(api.GET('/api/funds/payments/speed', { params: { query: { year } } }))
}

export async function filesOf(paymentId: string): Promise<Attachment[]> {
  return (await call(api.GET('/api/funds/attachments', { params: { query: { subject_type: 'payment', subject_id: paymentId, limit: MOST } } }))).items
}

/** Declares an evidence file with its hash, then sends the bytes; both may be repeated. */
export async function sendFile(paymentId: string, chosen: ChosenFile): Promise<void> {
  const path = { attachment_id: chosen.id }
  const media = MEDIA.find((type) => type === chosen.file.type) ?? 'image/jpeg'
  await call(
    api.PUT('/api/funds/attachments/{attachment_id}', {
      params: { path },
      body: { subject_type: 'payment', subject_id: paymentId, kind: 'evidence', sha256: chosen.sha256, size: chosen.file.size, media_type: media, file_name: chosen.name, taken_at: null, place: null },
    }),
  )
  await call(
    api.PUT('/api/funds/attachments/{attachment_id}/content', {
      params: { path },
      body: chosen.file as never, // raw bytes; the document can only say "binary"
      bodySerializer: (body: unknown) => body as BodyInit,
      headers: { 'Content-Type': 'application/octet-stream' },
    }),
  )
}
