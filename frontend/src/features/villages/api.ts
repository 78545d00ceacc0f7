import { api, call, ifMatch } from '@/api/client'
import { villageType } from '@/shared/terms'
import type { Village, VillagePage, VillageUpdate } from '@/api/types'

const PAGE_SIZE = 20

export function listVillages(filters: { region?: string; type?: string }, cursor?: string) {
  return call(api.GET('/api/monitoring/villages', { params: { query: { ...filters, type: villageType.known(filters.type), cursor, limit: PAGE_SIZE, with_total: true } } }))
}

export function fetchVillagePage(code: string): Promise<VillagePage> {
  return call(api.GET('/api/pages/villages/{code}', { params: { path: { code } } }))
}

export function fetchVillage(code: string): Promise<Village> {
  return call(api.GET('/api/monitoring/villages/{code}', { params: { path: { code } } }))
}

export function updateVillage(code: string, version: number, body: VillageUpdate): Promise<Village> {
  return call(api.PATCH('/api/monitoring/villages/{code}', { params: { path: { code }, header: { 'if-match': ifMatch(version) } }, body }))
}
