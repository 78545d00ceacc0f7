import { api, call } from '@/api/client'
import type { Allocation, AllocationCreate, DocumentAct, DocumentActWrite, Floor, FloorWrite, FundDocument, FundDocumentCreate, Pool, Purpose, Simulation, SourceLevel } from '@/api/types'
import { uuid7 } from '@/shared/ids'

const PAGE_SIZE = 20
const MOST = 50

interface ByYear {
  year?: number
  source_level?: SourceLevel
}

/** All pools of a year (or of every year): a county has at most seven a year. */
export async function listPools(filters: ByYear): Promise<Pool[]> {
  return (await call(api.GET('/api/funds/pools', { params: { query: { ...filters, limit: MOST } } }))).items
}

export function listDocuments(filters: ByYear, cursor?: string) {
  return call(api.GET('/api/funds/documents', { params: { query: { ...filters, cursor, limit: PAGE_SIZE, with_total: true } } }))
}

/** The documents that a pool was fed by, to name the one an allocation draws on. */
export async function documentsOf(pool: Pool): Promise<FundDocument[]> {
  const { items } = await call(api.GET('/api/funds/documents', { params: { query: { year: pool.year, source_level: pool.source_level, limit: MOST } } }))
  return items.filter((document) => document.pool_id === pool.id)
}

export function createDocument(id: string, body: FundDocumentCreate): Promise<FundDocument> {
  return call(api.PUT('/api/funds/documents/{document_id}', { params: { path: { document_id: id } }, body }))
}

export function fetchDocument(id: string): Promise<FundDocument> {
  return call(api.GET('/api/funds/documents/{document_id}', { params: { path: { document_id: id } } }))
}

export function listActs(id: string, cursor?: string) {
  return call(api.GET('/api/funds/documents/{document_id}/acts', { params: { path: { document_id: id }, query: { cursor, limit: PAGE_SIZE } } }))
}

/** A new key per opened dialog: pressing twice posts once. */
export function actOnDocument(id: string, key: string, body: DocumentActWrite): Promise<DocumentAct> {
  return call(api.POST('/api/funds/documents/{document_id}/acts', { params: { path: { document_id: id }, header: { 'idempotency-key': key } }, body }))
}

export function listAllocations(filters: ByYear & { region?: string; status?: Allocation['status'] }, cursor?: string) {
  return call(api.GET('/api/funds/allocations', { params: { query: { ...filters, cursor, limit: PAGE_SIZE, with_total: true } } }))
}

export function createAllocation(id: string, body: AllocationCreate): Promise<Allocation> {
  return call(api.PUT('/api/funds/allocations/{allocation_id}', { params: { path: { allocation_id: id } }, body }))
}

/** What the ledger says to a draft, without writing anything. */
export function simulate(poolId: string, purpose: Purpose, amount: string): Promise<Simulation> {
  return call(api.POST('/api/funds/headroom/simulation', { body: { pool_id: poolId, lines: [{ purpose, amount }] } }))
}

/** A new key per opened dialog: pressing twice reverses once. */
export function reverseAllocation(id: string, key: string, reason: string): Promise<Allocation> {
  return call(api.POST('/api/funds/allocations/{allocation_id}/reversal', { params: { path: { allocation_id: id }, header: { 'idempotency-key': key } }, body: { reason } }))
}

export function listFloors(filters: ByYear, cursor?: string) {
  return call(api.GET('/api/funds/floors', { params: { query: { ...filters, cursor, limit: PAGE_SIZE } } }))
}

export function setFloor(body: FloorWrite): Promise<Floor> {
  return call(api.PUT('/api/funds/floors/{floor_id}', { params: { path: { floor_id: uuid7() } }, body }))
}
