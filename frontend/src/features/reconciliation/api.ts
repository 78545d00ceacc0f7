import { api, call } from '@/api/client'
import type { BankStatement, ExportJob, ReconciliationMonth } from '@/api/types'
import { uuid7 } from '@/shared/ids'

const PAGE_SIZE = 20
const MOST = 50
const RAW = { bodySerializer: (body: unknown) => body as BodyInit, headers: { 'Content-Type': 'application/octet-stream' } }

export type Side = 'ledger' | 'statement'
export type MatchState = 'proposed' | 'matched'

export function listMonths(cursor?: string) {
  return call(api.GET('/api/funds/reconciliation/months', { params: { query: { cursor, limit: PAGE_SIZE } } }))
}

export function fetchMonth(month: string): Promise<ReconciliationMonth> {
  return call(api.GET('/api/funds/reconciliation/months/{month}', { params: { path: { month } } }))
}

export function startMonth(month: string, windowDays: number): Promise<ReconciliationMonth> {
  return call(api.PUT('/api/funds/reconciliation/months/{month}', { params: { path: { month } }, body: { window_days: windowDays } }))
}

export async function listStatements(month: string): Promise<BankStatement[]> {
  return (await call(api.GET('/api/funds/reconciliation/months/{month}/statements', { params: { path: { month }, query: { limit: MOST } } }))).items
}

export function sendStatement(id: string, month: string, channel: 'treasury' | 'bank', accountName: string, file: File): Promise<BankStatement> {
  const query = { month, channel, account_name: accountName, file_name: file.name }
  return call(api.PUT('/api/funds/reconciliation/imports/{statement_id}/content', { params: { path: { statement_id: id }, query }, body: file as never, ...RAW }))
}

/** The sheet as it was, with a column that says what is wrong with each row. */
export async function fetchCorrections(month: string, file: File): Promise<Blob> {
  return (await call(api.PUT('/api/funds/reconciliation/imports/corrections/content', { params: { query: { month } }, body: file as never, parseAs: 'blob', ...RAW }))) as unknown as Blob
}

export function withdrawStatement(id: string, reason: string, key: string): Promise<BankStatement> {
  return call(api.POST('/api/funds/reconciliation/statements/{statement_id}/withdrawal', { params: { path: { statement_id: id }, header: { 'idempotency-key': key } }, body: { reason } }))
}

export function runMatching(month: string) {
  return call(api.POST('/api/funds/reconciliation/months/{month}/matching', { params: { path: { month }, header: { 'idempotency-key': uuid7() } } }))
}

export function listMatches(month: string, state: MatchState, cursor?: string) {
  return call(api.GET('/api/funds/reconciliation/months/{month}/matches', { params: { path: { month }, query: { state, cursor, limit: PAGE_SIZE } } }))
}

export function listDifferences(month: string, side: Side, cursor?: string) {
  return call(api.GET('/api/funds/reconciliation/months/{month}/differences', { params: { path: { month }, query: { side, cursor, limit: PAGE_SIZE } } }))
}

export function decide(month: string, verdict: 'accept' | 'reject', ids: string[]) {
  return call(api.POST('/api/funds/reconciliation/months/{month}/decisions', { params: { path: { month }, header: { 'idempotency-key': uuid7() } }, body: { verdict, match_ids: ids } }))
}

export function matchByHand(month: string, id: string, lineIds: string[], entryIds: string[], note: string): Promise<unknown> {
  return call(api.PUT('/api/funds/reconciliation/months/{month}/matches/{match_id}', { params: { path: { month, match_id: id } }, body: { line_ids: lineIds, entry_ids: entryIds, note } }))
}

export function undoMatch(id: string, reason: string, key: string) {
  return call(api.POST('/api/funds/reconciliation/matches/{match_id}/undo', { params: { path: { match_id: id }, header: { 'idempotency-key': key } }, body: { reason } }))
}

export function submitMonth(month: string, note: string, key: string): Promise<ReconciliationMonth> {
  return call(api.POST('/api/funds/reconciliation/months/{month}/submission', { params: { path: { month }, header: { 'idempotency-key': key } }, body: { note } }))
}

export function returnMonth(month: string, reason: string, key: string): Promise<ReconciliationMonth> {
  return call(api.POST('/api/funds/reconciliation/months/{month}/return', { params: { path: { month }, header: { 'idempotency-key': key } }, body: { reason } }))
}

export function closeMonth(month: string, key: string): Promise<ReconciliationMonth> {
  return call(api.POST('/api/funds/reconciliation/months/{month}/closing', { params: { path: { month }, header: { 'idempotency-key': key } } }))
}

export function orderDifferences(month: string): Promise<ExportJob> {
  return call(api.POST('/api/funds/exports', { params: { header: { 'idempotency-key': uuid7() } }, body: { kind: 'reconciliation_differences', params: { month } } }))
}

export function lookExport(id: string): Promise<ExportJob> {
  return call(api.GET('/api/funds/exports/{export_id}', { params: { path: { export_id: id } } }))
}

export function exportHref(id: string): string {
  return `/api/funds/exports/${id}/content`
}

export const TEMPLATE_HREF = '/api/funds/reconciliation/template'
