import { api, call, ifMatch } from '@/api/client'
import { assetKind, assetStatus } from '@/shared/terms'
import type { Asset, AssetCreate, AssetUpdate } from '@/api/types'

export const ASSET_FILTERS = ['q', 'region', 'kind', 'status'] as const

const PAGE_SIZE = 20

export function listAssets(filters: Partial<Record<(typeof ASSET_FILTERS)[number], string>>, cursor?: string) {
  return call(api.GET('/api/assets/assets', { params: { query: { ...filters, kind: assetKind.known(filters.kind), status: assetStatus.known(filters.status), cursor, limit: PAGE_SIZE, with_total: true } } }))
}

export function fetchAsset(id: string): Promise<Asset> {
  return call(api.GET('/api/assets/assets/{asset_id}', { params: { path: { asset_id: id } } }))
}

export async function fetchAssetHistory(id: string) {
  return (await call(api.GET('/api/assets/assets/{asset_id}/history', { params: { path: { asset_id: id }, query: { limit: 50 } } }))).items
}

export function createAsset(id: string, body: AssetCreate): Promise<Asset> {
  return call(api.PUT('/api/assets/assets/{asset_id}', { params: { path: { asset_id: id } }, body }))
}

export function updateAsset(id: string, version: number, body: AssetUpdate): Promise<Asset> {
  return call(api.PATCH('/api/assets/assets/{asset_id}', { params: { path: { asset_id: id }, header: { 'if-match': ifMatch(version) } }, body }))
}

/** Households of a village by name or initials, for the owner of a household asset. */
/** Households of a village by the name of the head: all that is needed to name one, for who may read no more. */
export function findHouseholds(region: string, q: string) {
  return call(api.GET('/api/monitoring/households/names', { params: { query: { region, q } } }))
}

export function fetchHouseholdChanges(assetId: string) {
  return call(api.GET('/api/assets/assets/{asset_id}/household-changes', { params: { path: { asset_id: assetId } } }))
}
