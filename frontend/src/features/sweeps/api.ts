import { api, call } from '@/api/client'
import type { SweepIssue, SweepItem, SweepProgress, SweepRound, SweepRoundOpen } from '@/api/types'
import { issueState, itemState, problemKind } from './words'

const PAGE_SIZE = 20

export function listSweeps(filters: { region?: string; year?: number; is_open?: boolean }, cursor?: string) {
  return call(api.GET('/api/monitoring/sweeps', { params: { query: { ...filters, cursor, limit: PAGE_SIZE, with_total: true } } }))
}

export function yearOfSweeps(county: string, year: number) {
  return call(api.GET('/api/monitoring/sweeps/years/{county_code}/{year}', { params: { path: { county_code: county, year } } }))
}

export function openSweep(id: string, body: SweepRoundOpen): Promise<SweepRound> {
  return call(api.PUT('/api/monitoring/sweeps/{round_id}', { params: { path: { round_id: id } }, body }))
}

export function fetchSweep(id: string): Promise<SweepRound> {
  return call(api.GET('/api/monitoring/sweeps/{round_id}', { params: { path: { round_id: id } } }))
}

/** Asks again only for what has changed; null while nothing has. */
export async function fetchProgress(id: string, tag: string | null): Promise<{ progress: SweepProgress; tag: string | null } | null> {
  const request = api.GET('/api/monitoring/sweeps/{round_id}/progress', { params: { path: { round_id: id } }, headers: tag ? { 'If-None-Match': tag } : {} })
  const { response } = await request
  if (response.status === 304) return null
  return { progress: await call(request), tag: response.headers.get('ETag') }
}

export function listItems(id: string, filters: { region?: string; state?: string; review?: string; problems?: string }, cursor?: string) {
  const query = { region: filters.region || undefined, state: itemState.known(filters.state), review: filters.review ? true : undefined, problems: filters.problems ? true : undefined }
  return call(api.GET('/api/monitoring/sweeps/{round_id}/items', { params: { path: { round_id: id }, query: { ...query, cursor, limit: PAGE_SIZE, with_total: true } } }))
}

export function fetchItem(id: string, householdId: string): Promise<SweepItem> {
  return call(api.GET('/api/monitoring/sweeps/{round_id}/items/{household_id}', { params: { path: { round_id: id, household_id: householdId } } }))
}

export function settleItem(id: string, key: string, body: { household_id: string; record_id: string; reason: string }): Promise<SweepItem> {
  return call(api.POST('/api/monitoring/sweeps/{round_id}/settle', { params: { path: { round_id: id }, header: { 'idempotency-key': key } }, body }))
}

export function excuse(id: string, key: string, householdIds: string[], reason: string) {
  return call(api.POST('/api/monitoring/sweeps/{round_id}/excuse', { params: { path: { round_id: id }, header: { 'idempotency-key': key } }, body: { household_ids: householdIds, reason } }))
}

export function closeSweep(id: string, key: string): Promise<SweepRound> {
  return call(api.POST('/api/monitoring/sweeps/{round_id}/close', { params: { path: { round_id: id }, header: { 'idempotency-key': key } } }))
}

export function listIssues(filters: { region?: string; round_id?: string; state?: string; kind?: string }, cursor?: string) {
  const query = { region: filters.region || undefined, round_id: filters.round_id || undefined, state: issueState.known(filters.state), kind: problemKind.known(filters.kind) }
  return call(api.GET('/api/monitoring/sweep-issues', { params: { query: { ...query, cursor, limit: PAGE_SIZE, with_total: true } } }))
}

export function strikeOff(key: string, issues: readonly SweepIssue[], body: { measure: string; evidence: string; struck_off_on: string }) {
  return call(api.POST('/api/monitoring/sweep-issues/strike-off', { params: { header: { 'idempotency-key': key } }, body: { ...body, items: issues.map(({ id, version }) => ({ id, version })) } }))
}
