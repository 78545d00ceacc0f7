import { api, call } from '@/api/client'
import type { Colleague, Helper, HelperPerson, Workload } from '@/api/types'
import { uuid7 } from '@/shared/ids'

const PAGE_SIZE = 20
const SUGGESTED = 10

export function listWorkloads(filters: { q?: string; region?: string }, cursor?: string) {
  return call(api.GET('/api/monitoring/helpers/workload', { params: { query: { ...filters, cursor, limit: PAGE_SIZE } } }))
}

export function listHelped(helperId: string, region?: string, cursor?: string) {
  return call(api.GET('/api/monitoring/helpers/households', { params: { query: { helper_id: helperId, region, cursor, limit: PAGE_SIZE } } }))
}

export function helpersOf(householdId: string): Promise<Helper[]> {
  return call(api.GET('/api/monitoring/helpers', { params: { query: { household_id: householdId } } }))
}

export function nameHelper(householdId: string, helper: HelperPerson, reason: string): Promise<Helper> {
  return call(api.PUT('/api/monitoring/helpers/{assignment_id}', { params: { path: { assignment_id: uuid7() } }, body: { household_id: householdId, helper, reason } }))
}

export function release(assignmentId: string, key: string, reason: string): Promise<Helper> {
  return call(api.POST('/api/monitoring/helpers/{assignment_id}/release', { params: { path: { assignment_id: assignmentId }, header: { 'idempotency-key': key } }, body: { reason } }))
}

export function handOver(key: string, body: { from_id: string; to: HelperPerson; region_code: string | null; reason: string }): Promise<{ households: number }> {
  return call(api.POST('/api/monitoring/helpers/handover', { params: { header: { 'idempotency-key': key } }, body }))
}

export interface Suggestion extends HelperPerson {
  /** How many households the person helps already; null for an account that helps nobody yet. */
  households: number | null
}

/** Who could help: people who already do, and colleagues with an account. */
export async function suggestPeople(q: string): Promise<Suggestion[]> {
  const [busy, accounts] = await Promise.all([
    call(api.GET('/api/monitoring/helpers/workload', { params: { query: { q: q || undefined, limit: SUGGESTED } } })).then((page): Workload[] => page.items),
    call(api.GET('/api/people', { params: { query: { q } } })).then((page): Colleague[] => page.items),
  ])
  const found: Suggestion[] = busy.map((row) => ({ id: row.helper_id, name: row.helper_name, unit: row.helper_unit, households: row.households }))
  for (const person of accounts) {
    if (!found.some((known) => known.id === person.id)) found.push({ id: person.id, name: person.name, unit: `${person.region.name}${person.role_name}`, households: null })
  }
  return found
}
