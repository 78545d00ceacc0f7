import { api, call } from '@/api/client'
import type { FundDocument, MoneyTrail } from '@/api/types'
import type { Asked } from './flow'

const MOST = 50

export function fetchTrail(asked: Asked, id: string): Promise<MoneyTrail> {
  return call(api.GET('/api/funds/trail', { params: { query: { [`${asked}_id`]: id } } }))
}

/** The newest documents, to choose the one to follow. */
export async function latestDocuments(): Promise<FundDocument[]> {
  return (await call(api.GET('/api/funds/documents', { params: { query: { limit: MOST } } }))).items
}
