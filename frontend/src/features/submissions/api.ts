import { api, call } from '@/api/client'
import type { Submission } from '@/api/types'
import { kind } from './words'

const PAGE_SIZE = 20

export function listSubmissions(filters: { region?: string; show?: string; kind?: string; late?: string }, cursor?: string) {
  const query = { region: filters.region || undefined, kind: kind.known(filters.kind), attention: filters.show !== 'all' ? true : undefined, late: filters.late ? true : undefined }
  return call(api.GET('/api/monitoring/submissions', { params: { query: { ...query, cursor, limit: PAGE_SIZE, with_total: true } } }))
}

export function writeOpinion(id: string, key: string, opinion: string): Promise<Submission> {
  return call(api.POST('/api/monitoring/submissions/{submission_id}/opinion', { params: { path: { submission_id: id }, header: { 'idempotency-key': key } }, body: { opinion } }))
}

export function listVisits(filters: { region?: string }, cursor?: string) {
  return call(api.GET('/api/monitoring/visits', { params: { query: { region: filters.region || undefined, cursor, limit: PAGE_SIZE, with_total: true } } }))
}
