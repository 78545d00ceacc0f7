import { api, call, ifMatch } from '@/api/client'
import type { Act, ActInput, ActPreview, Duplicate, Household, MergeInput, Place, Relocation, RelocationAccept } from '@/api/types'
import { Problem } from '@/shared/problem'

const PAGE_SIZE = 20

export const DUPLICATE_FILTERS = ['region', 'state', 'basis'] as const
type DuplicateFilters = Partial<Record<(typeof DUPLICATE_FILTERS)[number], string>>

/** The service names the kind of act in the place of an error; forms have one kind and do not. */
async function withoutKind<T>(kind: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const errors = error.errors.map((entry) => ({ ...entry, path: entry.path.replace(`body.${kind}.`, 'body.') }))
    throw new Problem(error.status, error.code, error.title, error.detail, errors, error.extra)
  }
}

export function listActs(householdId: string, cursor?: string) {
  return call(api.GET('/api/monitoring/households/{household_id}/acts', { params: { path: { household_id: householdId }, query: { limit: PAGE_SIZE, cursor } } }))
}

export function previewAct(householdId: string, body: ActInput): Promise<ActPreview> {
  return withoutKind(body.kind, call(api.POST('/api/monitoring/households/{household_id}/acts/preview', { params: { path: { household_id: householdId } }, body })))
}

/** One act on a household as it was last seen; sending it again with the same id is safe. */
export function doAct(household: Household, actId: string, body: ActInput): Promise<Act> {
  return withoutKind(
    body.kind,
    call(
      api.PUT('/api/monitoring/households/{household_id}/acts/{act_id}', {
        params: { path: { household_id: household.id, act_id: actId }, header: { 'if-match': ifMatch(household.version) } },
        body,
      }),
    ),
  )
}

export function findPlaces(q: string): Promise<Place[]> {
  return call(api.GET('/api/monitoring/relocations/places', { params: { query: { q } } }))
}

export async function findTargets(q: string, region?: string) {
  return (await call(api.GET('/api/monitoring/households', { params: { query: { q, region, limit: PAGE_SIZE } } }))).items
}

export function listRelocations(state: Relocation['state'], cursor?: string) {
  return call(api.GET('/api/monitoring/relocations', { params: { query: { state, limit: PAGE_SIZE, cursor } } }))
}

export function fetchRelocation(id: string): Promise<Relocation> {
  return call(api.GET('/api/monitoring/relocations/{relocation_id}', { params: { path: { relocation_id: id } } }))
}

export function acceptRelocation(relocation: Relocation, key: string, body: RelocationAccept): Promise<Relocation> {
  return call(
    api.POST('/api/monitoring/relocations/{relocation_id}/acceptance', {
      params: { path: { relocation_id: relocation.id }, header: { 'if-match': ifMatch(relocation.version), 'idempotency-key': key } },
      body,
    }),
  )
}

export function declineRelocation(relocation: Relocation, key: string, reason: string): Promise<Relocation> {
  return call(
    api.POST('/api/monitoring/relocations/{relocation_id}/refusal', {
      params: { path: { relocation_id: relocation.id }, header: { 'if-match': ifMatch(relocation.version), 'idempotency-key': key } },
      body: { reason },
    }),
  )
}

export function listDuplicates(filters: DuplicateFilters, cursor?: string) {
  const state = filters.state === 'merged' || filters.state === 'not_duplicate' ? filters.state : 'open'
  const basis = filters.basis === 'id_number' || filters.basis === 'name_birth_village' ? filters.basis : undefined
  return call(api.GET('/api/monitoring/duplicates', { params: { query: { region: filters.region, state, basis, limit: PAGE_SIZE, cursor } } }))
}

export function fetchDuplicate(id: string): Promise<Duplicate> {
  return call(api.GET('/api/monitoring/duplicates/{candidate_id}', { params: { path: { candidate_id: id } } }))
}

export function searchDuplicates(region: string, key: string) {
  return call(api.POST('/api/monitoring/duplicates/search', { params: { header: { 'idempotency-key': key } }, body: { region } }))
}

function decided(pair: Duplicate, key: string) {
  return { path: { candidate_id: pair.id }, header: { 'if-match': ifMatch(pair.version), 'idempotency-key': key } }
}

export function mergeDuplicate(pair: Duplicate, key: string, body: MergeInput): Promise<Duplicate> {
  return call(api.POST('/api/monitoring/duplicates/{candidate_id}/merge', { params: decided(pair, key), body }))
}

export function notDuplicate(pair: Duplicate, key: string, reason: string): Promise<Duplicate> {
  return call(api.POST('/api/monitoring/duplicates/{candidate_id}/not-duplicate', { params: decided(pair, key), body: { reason } }))
}

export function undoDuplicate(pair: Duplicate, key: string, reason: string): Promise<Duplicate> {
  return call(api.POST('/api/monitoring/duplicates/{candidate_id}/undo', { params: decided(pair, key), body: { reason } }))
}
