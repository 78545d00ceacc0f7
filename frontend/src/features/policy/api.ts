import { api, call } from '@/api/client'
import type { Policy, PolicySetting, PolicyValue } from '@/api/types'
import { uuid7 } from '@/shared/ids'

export function fetchPolicy(county: string, on?: string): Promise<Policy> {
  return call(api.GET('/api/monitoring/policies/{county_code}', { params: { path: { county_code: county }, query: { on } } }))
}

export function listProfiles() {
  return call(api.GET('/api/monitoring/policy-profiles'))
}

export function listSettings(county: string): Promise<PolicySetting[]> {
  return call(api.GET('/api/monitoring/policies/{county_code}/settings', { params: { path: { county_code: county } } }))
}

export function setPolicy(county: string, body: { value: PolicyValue; valid_from: string; reason: string }): Promise<PolicySetting> {
  return call(api.PUT('/api/monitoring/policies/{county_code}/settings/{setting_id}', { params: { path: { county_code: county, setting_id: uuid7() } }, body }))
}
