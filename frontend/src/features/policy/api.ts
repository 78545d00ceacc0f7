import { api, call, ifMatch } from '@/api/client'
import type { Policy, PolicySetting, PolicyValue } from '@/api/types'

export function fetchPolicy(county: string, on?: string): Promise<Policy> {
  return call(api.GET('/api/monitoring/policies/{county_code}', { params: { path: { county_code: county }, query: { on } } }))
}

export function listProfiles() {
  return call(api.GET('/api/monitoring/policy-profiles'))
}

export function listSettings(county: string): Promise<PolicySetting[]> {
  return call(api.GET('/api/monitoring/policies/{county_code}/settings', { params: { path: { county_code: county } } }))
}

/** `seen`: how many settings of the rule the person has looked at. */
export function setPolicy(county: string, id: string, seen: number, body: { value: PolicyValue; valid_from: string; reason: string }): Promise<PolicySetting> {
  const params = { path: { county_code: county, setting_id: id }, header: { 'If-Match': ifMatch(seen) } }
  return call(api.PUT('/api/monitoring/policies/{county_code}/settings/{setting_id}', { params, body }))
}
