import { api, call } from '@/api/client'
import type { PayoutBatchDetail, PayoutLine, PayoutStandard } from '@/api/types'
import type { components } from '@/api/schema'
import type { Act, BatchState, LineState, Problem } from './words'

type Schemas = components['schemas']
const PAGE_SIZE = 20

export interface BatchQuery {
  state?: BatchState
  category?: PayoutStandard['category']
  allocation_id?: string
}

export function listBatches(query: BatchQuery, cursor?: string) {
  return call(api.GET('/api/funds/payout-batches', { params: { query: { ...query, cursor, limit: PAGE_SIZE } } }))
}

export function fetchBatch(id: string): Promise<PayoutBatchDetail> {
  return call(api.GET('/api/funds/payout-batches/{batch_id}', { params: { path: { batch_id: id } } }))
}

export function beginBatch(id: string, body: Schemas['FundsPayoutBatchWrite']): Promise<PayoutBatchDetail> {
  return call(api.PUT('/api/funds/payout-batches/{batch_id}', { params: { path: { batch_id: id } }, body }))
}

export interface LineQuery {
  state?: LineState
  problem?: Problem
  undecided?: boolean
  name?: string
}

export function listLines(batchId: string, query: LineQuery, cursor?: string) {
  return call(api.GET('/api/funds/payout-batches/{batch_id}/lines', { params: { path: { batch_id: batchId }, query: { ...query, cursor, limit: PAGE_SIZE } } }))
}

export function takeFromRegister(batchId: string, key: string) {
  return call(api.POST('/api/funds/payout-batches/{batch_id}/register-list', { params: { path: { batch_id: batchId }, header: { 'idempotency-key': key } }, body: {} }))
}

/** Everybody's subsidised interest of a time, by the banks' lists of loans. */
export function takeSubsidies(batchId: string, key: string, time: { start: string; end: string }) {
  return call(api.POST('/api/funds/payout-batches/{batch_id}/subsidy-list', { params: { path: { batch_id: batchId }, header: { 'idempotency-key': key } }, body: time }))
}

const RAW = { bodySerializer: (body: unknown) => body as BodyInit, headers: { 'Content-Type': 'application/octet-stream' } }

export function importList(batchId: string, importId: string, file: File): Promise<PayoutBatchDetail> {
  return call(api.PUT('/api/funds/payout-imports/{import_id}/content', { params: { path: { import_id: importId }, query: { batch_id: batchId } }, body: file as never, ...RAW }))
}

export function importAnswer(runId: string, importId: string, file: File, unlistedPaid: boolean): Promise<PayoutBatchDetail> {
  return call(api.PUT('/api/funds/payout-return-imports/{import_id}/content', { params: { path: { import_id: importId }, query: { run_id: runId, unlisted_paid: unlistedPaid } }, body: file as never, ...RAW }))
}

export function decide(batchId: string, body: Schemas['FundsPayoutDecisionWrite'], key: string) {
  return call(api.POST('/api/funds/payout-batches/{batch_id}/decisions', { params: { path: { batch_id: batchId }, header: { 'idempotency-key': key } }, body }))
}

export function correctLine(line: PayoutLine, body: Schemas['FundsPayoutLineUpdate']): Promise<PayoutLine> {
  return call(api.PATCH('/api/funds/payout-lines/{line_id}', { params: { path: { line_id: line.id }, header: { 'if-match': `"${line.version}"` } }, body }))
}

/** `key` is made when the dialog opens: pressing twice takes one step. */
export function step(batch: PayoutBatchDetail, act: Exclude<Act, 'answer'>, key: string, words: string): Promise<PayoutBatchDetail> {
  const header = { 'idempotency-key': key }
  const ofBatch = { path: { batch_id: batch.id }, header }
  const ofRun = { path: { run_id: batch.runs[0]?.id ?? '' }, header }
  if (act === 'submission') return call(api.POST('/api/funds/payout-batches/{batch_id}/submission', { params: ofBatch }))
  if (act === 'dropping') return call(api.POST('/api/funds/payout-batches/{batch_id}/dropping', { params: ofBatch }))
  if (act === 'approval') return call(api.POST('/api/funds/payout-runs/{run_id}/approval', { params: ofRun, body: { opinion: words } }))
  if (act === 'return') return call(api.POST('/api/funds/payout-runs/{run_id}/return', { params: ofRun, body: { reason: words } }))
  return call(api.POST('/api/funds/payout-runs/{run_id}/sending', { params: ofRun }))
}

export function revealNumber(lineId: string, field: 'id_number' | 'account_number', reason: string) {
  return call(api.POST('/api/funds/payout-lines/{line_id}/reveal', { params: { path: { line_id: lineId } }, body: { field, reason } }))
}

export function personOfLine(lineId: string) {
  return call(api.GET('/api/funds/payout-lines/{line_id}/person', { params: { path: { line_id: lineId } } }))
}

export function searchPerson(idNumber: string) {
  return call(api.POST('/api/funds/payout-persons/search', { body: { id_number: idNumber } }))
}

export async function fetchStandards(): Promise<PayoutStandard[]> {
  return (await call(api.GET('/api/funds/payout-standards'))).items
}

export function setStandard(id: string, body: Schemas['FundsStandardWrite']): Promise<PayoutStandard> {
  return call(api.PUT('/api/funds/payout-standards/{standard_id}', { params: { path: { standard_id: id } }, body }))
}

export const files = {
  template: '/api/funds/payout-batches/template',
  list: (batchId: string) => `/api/funds/payout-batches/${batchId}/list.xlsx`,
  refused: (importId: string) => `/api/funds/payout-imports/${importId}/refused`,
  bank: (runId: string, form: 'csv' | 'xlsx') => `/api/funds/payout-runs/${runId}/file?form=${form}`,
}
