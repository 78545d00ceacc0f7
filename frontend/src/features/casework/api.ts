import { api, call, ifMatch } from '@/api/client'
import type { BatchAnswer, BatchReview, Case, CaseKind, CaseOpen, Criterion, Stage, StepTake, Urgency, WorkCounts } from '@/api/types'

export const CASE_FILTERS = ['queue', 'urgency', 'stage', 'kind', 'region'] as const
export type CaseFilters = Record<(typeof CASE_FILTERS)[number], string>
export type QueueName = 'todo' | 'done' | 'started_by_me' | 'all'

const PAGE_SIZE = 20
const MOST = 50

export interface QueueQuery {
  queue: QueueName
  urgency?: Urgency
  stage?: Stage
  kind?: CaseKind
  region?: string
  household_id?: string
}

export function listCases(query: QueueQuery, cursor?: string) {
  // A reviewer takes a whole page at once.
  const limit = query.queue === 'todo' ? MOST : PAGE_SIZE
  return call(api.GET('/api/monitoring/cases', { params: { query: { ...query, cursor, limit, with_total: true } } }))
}

export function countWork(): Promise<WorkCounts> {
  return call(api.GET('/api/monitoring/cases/counts'))
}

export function fetchCase(id: string): Promise<Case> {
  return call(api.GET('/api/monitoring/cases/{case_id}', { params: { path: { case_id: id } } }))
}

export function openCase(id: string, body: CaseOpen): Promise<Case> {
  return call(api.PUT('/api/monitoring/cases/{case_id}', { params: { path: { case_id: id } }, body }))
}

/** `key` is made when the form opens: pressing twice takes one step. */
export function takeStep(found: Pick<Case, 'id' | 'version'>, key: string, body: StepTake): Promise<Case> {
  return call(api.POST('/api/monitoring/cases/{case_id}/steps', { params: { path: { case_id: found.id }, header: { 'if-match': ifMatch(found.version), 'idempotency-key': key } }, body }))
}

export function rollBack(found: Pick<Case, 'id' | 'version'>, key: string, opinion: string): Promise<Case> {
  return call(api.POST('/api/monitoring/cases/{case_id}/rollback', { params: { path: { case_id: found.id }, header: { 'if-match': ifMatch(found.version), 'idempotency-key': key } }, body: { opinion } }))
}

export function reMark(found: Pick<Case, 'id' | 'version'>, key: string, body: { opinion: string; class: string; risks: string[] }): Promise<Case> {
  return call(api.POST('/api/monitoring/cases/{case_id}/remark', { params: { path: { case_id: found.id }, header: { 'if-match': ifMatch(found.version), 'idempotency-key': key } }, body }))
}

export function reviewBatch(key: string, body: BatchReview): Promise<BatchAnswer> {
  return call(api.POST('/api/monitoring/cases/batch', { params: { header: { 'idempotency-key': key } }, body }))
}

export function answerObjection(id: string, key: string, upheld: boolean, finding: string): Promise<Case> {
  return call(api.POST('/api/monitoring/objections/{objection_id}/handling', { params: { path: { objection_id: id }, header: { 'idempotency-key': key } }, body: { upheld, finding } }))
}

export function criteriaOfCase(id: string): Promise<Criterion[]> {
  return call(api.GET('/api/monitoring/cases/{case_id}/criteria', { params: { path: { case_id: id } } }))
}

export function criteriaOfHousehold(id: string): Promise<Criterion[]> {
  return call(api.GET('/api/monitoring/households/{household_id}/elimination-criteria', { params: { path: { household_id: id } } }))
}
