import { api, call } from '@/api/client'
import type { Application, ApplicationState, NoticeObjectionState } from '@/api/types'

const PAGE_SIZE = 20

export const OBJECTION_SERVICES = ['monitoring', 'assets', 'funds'] as const
export type ObjectionService = (typeof OBJECTION_SERVICES)[number]

/** What each service asks of those who read its objections. */
export const READS: Record<ObjectionService, string> = {
  monitoring: 'monitoring.cases:read',
  assets: 'assets.objections:read',
  funds: 'funds.objections:read',
}
export const HANDLES: Record<ObjectionService, string> = {
  monitoring: 'monitoring.cases:write',
  assets: 'assets.objections:handle',
  funds: 'funds.objections:handle',
}

export function listApplications(query: { state: ApplicationState; region?: string }, cursor?: string) {
  return call(api.GET('/api/monitoring/applications', { params: { query: { ...query, cursor, limit: PAGE_SIZE, with_total: true } } }))
}

export function fetchApplication(id: string): Promise<Application> {
  return call(api.GET('/api/monitoring/applications/{application_id}', { params: { path: { application_id: id } } }))
}

export function matchApplication(id: string, key: string, householdId: string): Promise<Application> {
  return call(api.POST('/api/monitoring/applications/{application_id}/match', { params: { path: { application_id: id }, header: { 'idempotency-key': key } }, body: { household_id: householdId } }))
}

export function refuseApplication(id: string, key: string, reason: string): Promise<Application> {
  return call(api.POST('/api/monitoring/applications/{application_id}/refusal', { params: { path: { application_id: id }, header: { 'idempotency-key': key } }, body: { reason } }))
}

/** Everything that waits in the county and is on the register by now. */
export function matchAgain(county: string, key: string): Promise<{ accepted: number }> {
  return call(api.POST('/api/monitoring/applications/matching', { params: { query: { county }, header: { 'idempotency-key': key } } }))
}

export function revealOf(id: string, field: 'id_number' | 'phone', reason: string): Promise<{ value: string }> {
  return call(api.POST('/api/monitoring/applications/{application_id}/reveal', { params: { path: { application_id: id } }, body: { field, reason } }))
}

/** One line whichever service the objection is at; only casework answers on a page of its own. */
export interface ObjectionLine {
  id: string
  county_code: string
  region_name: string | null
  notice_title: string
  notice_ends_on: string | null
  received_at: string
  name_masked: string
  phone_masked: string
  statement: string
  state: NoticeObjectionState
  finding: string | null
  handled_at: string | null
  handled_by_name: string | null
  case_id?: string
}

interface ObjectionPage {
  items: ObjectionLine[]
  next?: string | null
  total?: number | null
  total_capped?: boolean
}

export function listObjections(service: ObjectionService, query: { state?: NoticeObjectionState; region?: string }, cursor?: string): Promise<ObjectionPage> {
  const params = { query: { ...query, cursor, limit: PAGE_SIZE, with_total: true } }
  if (service === 'monitoring') return call(api.GET('/api/monitoring/objections', { params }))
  if (service === 'assets') return call(api.GET('/api/assets/objections', { params }))
  return call(api.GET('/api/funds/objections', { params }))
}

export async function answerNoticeObjection(service: 'assets' | 'funds', line: ObjectionLine, key: string, body: { upheld: boolean; finding: string }): Promise<void> {
  const params = { path: { objection_id: line.id }, query: { county: line.county_code }, header: { 'idempotency-key': key } }
  if (service === 'assets') await call(api.POST('/api/assets/objections/{objection_id}/handling', { params, body }))
  else await call(api.POST('/api/funds/objections/{objection_id}/handling', { params, body }))
}
