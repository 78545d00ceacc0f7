import { api, call } from '@/api/client'
import type { LookBack, UploadedLookBack } from '@/api/types'
import type { SealedRecord } from './record-form'
import { when } from './words'

const PAGE_SIZE = 20

export function listLookBacks(filters: { region?: string; when?: string; review?: string }, cursor?: string) {
  const query = { region: filters.region || undefined, when: when.known(filters.when), review: filters.review ? true : undefined }
  return call(api.GET('/api/monitoring/look-backs', { params: { query: { ...query, cursor, limit: PAGE_SIZE, with_total: true } } }))
}

export function fetchLookBack(id: string): Promise<LookBack> {
  return call(api.GET('/api/monitoring/look-backs/{look_back_id}', { params: { path: { look_back_id: id } } }))
}

export function settleLookBack(id: string, key: string, recordId: string, reason: string): Promise<LookBack> {
  return call(api.POST('/api/monitoring/look-backs/{look_back_id}/settle', { params: { path: { look_back_id: id }, header: { 'idempotency-key': key } }, body: { record_id: recordId, reason } }))
}

/** Again after a lost answer gets the same receipt. */
export function recordLookBack(id: string, { id: recordId, body }: SealedRecord): Promise<UploadedLookBack> {
  return call(api.PUT('/api/monitoring/look-backs/{look_back_id}/records/{record_id}', { params: { path: { look_back_id: id, record_id: recordId } }, body }))
}
