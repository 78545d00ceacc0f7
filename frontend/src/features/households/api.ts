import { api, call, ifMatch } from '@/api/client'
import { householdStatus } from '@/shared/terms'
import type { Benefit, BenefitInput, BenefitUpdate, Household, HouseholdCreate, HouseholdPage, HouseholdUpdate, MemberInput, MemberUpdate } from '@/api/types'

export const HOUSEHOLD_FILTERS = ['q', 'region', 'status', 'class', 'risk'] as const
export type HouseholdFilter = (typeof HOUSEHOLD_FILTERS)[number]

type Filters = Partial<Record<HouseholdFilter, string>>

const PAGE_SIZE = 20

export function listHouseholds(filters: Filters, cursor?: string) {
  return call(api.GET('/api/monitoring/households', { params: { query: { ...filters, status: householdStatus.known(filters.status), cursor, limit: PAGE_SIZE, with_total: true } } }))
}

/** By identity number: in a body, so that the number never stands in an address or a log. */
export function findByIdNumber(idNumber: string) {
  return call(api.POST('/api/monitoring/households/search', { body: { id_number: idNumber, limit: PAGE_SIZE } }))
}

/** The household card: everything the three services know of it, in one call. */
export function fetchHouseholdPage(id: string): Promise<HouseholdPage> {
  return call(api.GET('/api/pages/households/{household_id}', { params: { path: { household_id: id } } }))
}

export function fetchHousehold(id: string): Promise<Household> {
  return call(api.GET('/api/monitoring/households/{household_id}', { params: { path: { household_id: id } } }))
}

/** At the desk somebody who is registered already is refused first; `keep` registers them all the same, for a person to merge. */
export function createHousehold(id: string, body: HouseholdCreate, duplicates: 'keep' | 'refuse'): Promise<Household> {
  return call(api.PUT('/api/monitoring/households/{household_id}', { params: { path: { household_id: id }, query: { duplicates } }, body }))
}

export function updateHousehold(id: string, version: number, body: HouseholdUpdate): Promise<Household> {
  return call(api.PATCH('/api/monitoring/households/{household_id}', { params: { path: { household_id: id }, header: { 'if-match': ifMatch(version) } }, body }))
}

export function reveal(id: string, memberId: string, field: 'id_number' | 'phone', reason: string): Promise<{ value: string }> {
  return call(api.POST('/api/monitoring/households/{household_id}/reveal', { params: { path: { household_id: id } }, body: { member_id: memberId, field, reason } }))
}

/** Corrects the monitored status of a household as it was last seen, or ends it. */
export function setMonitoring(
  household: Household,
  to: { monitored: boolean; class: string; risks: string[]; since: string; reason: string },
): Promise<Household> {
  return call(
    api.PUT('/api/monitoring/households/{household_id}/monitoring', {
      params: { path: { household_id: household.id }, header: { 'if-match': ifMatch(household.version) } },
      body: to.monitored
        ? { monitored: true, class: to.class, risks: to.risks, since: to.since, reason: to.reason.trim() }
        : { monitored: false, reason: to.reason.trim() },
    }),
  )
}

export function addMember(household: Household, { id, ...body }: MemberInput): Promise<Household> {
  return call(
    api.PUT('/api/monitoring/households/{household_id}/members/{member_id}', {
      params: { path: { household_id: household.id, member_id: id }, query: { duplicates: 'refuse' } },
      body,
    }),
  )
}

/** The household after the change: a member's version moves with it. */
export function updateMember(householdId: string, memberId: string, version: number, body: MemberUpdate): Promise<Household> {
  return call(
    api.PATCH('/api/monitoring/households/{household_id}/members/{member_id}', {
      params: { path: { household_id: householdId, member_id: memberId }, header: { 'if-match': ifMatch(version) } },
      body,
    }),
  )
}

export function addBenefit(householdId: string, id: string, body: BenefitInput): Promise<Benefit> {
  return call(api.PUT('/api/monitoring/households/{household_id}/benefits/{benefit_id}', { params: { path: { household_id: householdId, benefit_id: id } }, body }))
}

export function updateBenefit(householdId: string, benefit: Benefit, body: BenefitUpdate): Promise<Benefit> {
  return call(
    api.PATCH('/api/monitoring/households/{household_id}/benefits/{benefit_id}', {
      params: { path: { household_id: householdId, benefit_id: benefit.id }, header: { 'if-match': ifMatch(benefit.version) } },
      body,
    }),
  )
}

export function endBenefit(householdId: string, benefit: Benefit, key: string, body: { until: string; reason: string }): Promise<Benefit> {
  return call(
    api.POST('/api/monitoring/households/{household_id}/benefits/{benefit_id}/end', {
      params: { path: { household_id: householdId, benefit_id: benefit.id }, header: { 'if-match': ifMatch(benefit.version), 'idempotency-key': key } },
      body,
    }),
  )
}
