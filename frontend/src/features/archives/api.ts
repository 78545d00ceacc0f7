import { api, call } from '@/api/client'
import type { ExportJob, HouseholdCard, Ledger } from '@/api/types'
import { uuid7 } from '@/shared/ids'
import { householdStatus } from '@/shared/terms'

const PAGE_SIZE = 20

export type Format = 'pdf' | 'xlsx'

/** What is printed: a household's card, a village's or region's cards, a village register, a ledger. */
export type ArchiveOrder =
  | { kind: 'household_cards'; params: { household_id?: string; region?: string; status?: string } }
  | { kind: 'village_register'; params: { region: string; status?: string } }
  | { kind: 'ledger'; params: { region: string } }

export function listRegister(region: string, status: string, cursor?: string) {
  return call(
    api.GET('/api/monitoring/archives/village-register', {
      params: { query: { region, status: householdStatus.known(status), cursor, limit: PAGE_SIZE, with_total: true } },
    }),
  )
}

export function fetchLedger(region: string): Promise<Ledger> {
  return call(api.GET('/api/monitoring/archives/ledger', { params: { query: { region } } }))
}

export function fetchCard(id: string): Promise<HouseholdCard> {
  return call(api.GET('/api/monitoring/archives/cards/{household_id}', { params: { path: { household_id: id } } }))
}

export function orderExport(kind: string, params: Record<string, unknown>): Promise<ExportJob> {
  return call(api.POST('/api/monitoring/exports', { params: { header: { 'idempotency-key': uuid7() } }, body: { kind, params } }))
}

export function lookExport(id: string): Promise<ExportJob> {
  return call(api.GET('/api/monitoring/exports/{export_id}', { params: { path: { export_id: id } } }))
}

export function listExports(cursor?: string) {
  return call(api.GET('/api/monitoring/exports', { params: { query: { cursor, limit: PAGE_SIZE } } }))
}

export function exportHref(id: string): string {
  return `/api/monitoring/exports/${id}/content`
}
