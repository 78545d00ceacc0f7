import { api, call } from '@/api/client'
import type { BulkAllocation, BulkAllocationWrite, Simulation, Worksheet } from '@/api/types'

/** All lines of one pool as one act: posted together or not at all. */
export function allocateLines(key: string, body: BulkAllocationWrite): Promise<BulkAllocation> {
  return call(api.POST('/api/funds/allocations/bulk', { params: { header: { 'idempotency-key': key } }, body }))
}

/** What the ledger says to all lines together, without writing anything. */
export function simulateLines(poolId: string, lines: { purpose: BulkAllocationWrite['lines'][number]['purpose']; amount: string }[]): Promise<Simulation> {
  return call(api.POST('/api/funds/headroom/simulation', { body: { pool_id: poolId, lines } }))
}

/** The sheet as it stands, as a workbook. */
export function workbookOf(body: Worksheet): Promise<Blob> {
  return call(api.POST('/api/funds/allocations/worksheet', { body, parseAs: 'blob' })) as Promise<Blob>
}
