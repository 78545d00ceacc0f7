import { api, call, ifMatch } from '@/api/client'
import type { AssistancePlan, HouseholdAssistance, MeasureCreate, MeasureRow } from '@/api/types'
import { measureState, measureType, planState } from './words'

const PAGE_SIZE = 20

export function listPlans(filters: { region?: string; state?: string }, cursor?: string) {
  return call(api.GET('/api/monitoring/assistance-plans', { params: { query: { region: filters.region || undefined, state: planState.known(filters.state), cursor, limit: PAGE_SIZE, with_total: true } } }))
}

export function listMeasures(filters: { region?: string; state?: string; type?: string; department?: string }, cursor?: string) {
  const query = { region: filters.region || undefined, state: measureState.known(filters.state), type: measureType.known(filters.type), department: filters.department || undefined }
  return call(api.GET('/api/monitoring/measures', { params: { query: { ...query, cursor, limit: PAGE_SIZE, with_total: true } } }))
}

export function assistanceOf(householdId: string): Promise<HouseholdAssistance> {
  return call(api.GET('/api/monitoring/households/{household_id}/assistance', { params: { path: { household_id: householdId } } }))
}

export function addMeasure(planId: string, id: string, body: MeasureCreate): Promise<MeasureRow> {
  return call(api.PUT('/api/monitoring/assistance-plans/{plan_id}/measures/{measure_id}', { params: { path: { plan_id: planId, measure_id: id } }, body }))
}

export function acceptSuggestions(plan: AssistancePlan, key: string, chosen: AssistancePlan['suggestions'], from: string, to: string): Promise<AssistancePlan> {
  return call(
    api.POST('/api/monitoring/assistance-plans/{plan_id}/suggestions', {
      params: { path: { plan_id: plan.id }, header: { 'idempotency-key': key } },
      body: { chosen: chosen.map(({ type, title }) => ({ type, title })), planned_from: from, planned_to: to },
    }),
  )
}

export function confirmPlan(plan: AssistancePlan, key: string, goal: string): Promise<AssistancePlan> {
  return call(
    api.POST('/api/monitoring/assistance-plans/{plan_id}/confirm', {
      params: { path: { plan_id: plan.id }, header: { 'idempotency-key': key, 'if-match': ifMatch(plan.version) } },
      body: { goal },
    }),
  )
}

export function deliver(measure: MeasureRow, key: string, body: { delivered_on: string; amount: string; evidence: string; result: string | null }): Promise<MeasureRow> {
  return call(
    api.POST('/api/monitoring/measures/{measure_id}/delivery', {
      params: { path: { measure_id: measure.id }, header: { 'idempotency-key': key, 'if-match': ifMatch(measure.version) } },
      body,
    }),
  )
}

export function cancelMeasure(measure: MeasureRow, key: string, reason: string): Promise<MeasureRow> {
  return call(
    api.POST('/api/monitoring/measures/{measure_id}/cancel', {
      params: { path: { measure_id: measure.id }, header: { 'idempotency-key': key, 'if-match': ifMatch(measure.version) } },
      body: { reason },
    }),
  )
}
