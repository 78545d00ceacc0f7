import { api, call } from '@/api/client'
import type { LandRevenueReport, LandRevenueReportWrite, LandRevenueRule, LandRevenueRuleWrite, LandRevenueYear } from '@/api/types'

const MOST = 50

export function listYears(): Promise<LandRevenueYear[]> {
  return call(api.GET('/api/funds/land-revenue'))
}

export async function listReports(): Promise<LandRevenueReport[]> {
  return (await call(api.GET('/api/funds/land-revenue/reports', { params: { query: { limit: MOST } } }))).items
}

export async function listRules(): Promise<LandRevenueRule[]> {
  return (await call(api.GET('/api/funds/land-revenue/rules', { params: { query: { limit: MOST } } }))).items
}

export function sendReport(id: string, body: LandRevenueReportWrite): Promise<LandRevenueReport> {
  return call(api.PUT('/api/funds/land-revenue/reports/{report_id}', { params: { path: { report_id: id } }, body }))
}

export function setRule(id: string, body: LandRevenueRuleWrite): Promise<LandRevenueRule> {
  return call(api.PUT('/api/funds/land-revenue/rules/{rule_id}', { params: { path: { rule_id: id } }, body }))
}
