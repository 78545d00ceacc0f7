import { api, call, ifMatch } from '@/api/client'
import type { CoverageReport, FactorScheme, FactorWork, FundingRule, PendingAsset, Project, ProjectBatchAnswer, ProjectDecision, ProjectRow, ProjectUpdate, ProjectWrite, YearlyPlan, YearlyPlanWrite } from '@/api/types'
import type { components } from '@/api/schema'

type Schemas = components['schemas']

const PAGE_SIZE = 20
const MOST = 50

export interface ProjectQuery {
  region?: string
  state?: ProjectRow['state']
  year?: number
  plan_year?: number
  category?: NonNullable<ProjectRow['category']>
  purpose?: NonNullable<ProjectRow['purpose']>
  queue?: 'todo'
  q?: string
}

export function listProjects(query: ProjectQuery, cursor?: string, limit = PAGE_SIZE) {
  return call(api.GET('/api/funds/projects', { params: { query: { ...query, cursor, limit, with_total: true } } }))
}

/** Every project that a query finds, page after page; `most` bounds what is fetched. */
export async function allProjects(query: ProjectQuery, most = 500): Promise<ProjectRow[]> {
  const found: ProjectRow[] = []
  let cursor: string | undefined
  do {
    const page = await listProjects(query, cursor, MOST)
    found.push(...page.items)
    cursor = page.next ?? undefined
  } while (cursor && found.length < most)
  return found
}

export async function countProjects(query: { region?: string; year?: number }): Promise<Record<string, number>> {
  return (await call(api.GET('/api/funds/projects/counts', { params: { query } }))).counts
}

export function fetchProject(id: string): Promise<Project> {
  return call(api.GET('/api/funds/projects/{project_id}', { params: { path: { project_id: id } } }))
}

export function createProject(id: string, body: ProjectWrite): Promise<Project> {
  return call(api.PUT('/api/funds/projects/{project_id}', { params: { path: { project_id: id } }, body }))
}

export function updateProject(found: Pick<Project, 'id' | 'version'>, body: ProjectUpdate): Promise<Project> {
  return call(api.PATCH('/api/funds/projects/{project_id}', { params: { path: { project_id: found.id }, header: { 'if-match': ifMatch(found.version) } }, body }))
}

type Known = Pick<Project, 'id' | 'version'>

function versioned(found: Known, key: string) {
  return { path: { project_id: found.id }, header: { 'if-match': ifMatch(found.version), 'idempotency-key': key } }
}

/** `key` is made when the form opens: pressing twice takes one step. */
export function takeStep(found: Known, key: string, body: ProjectDecision): Promise<Project> {
  return call(api.POST('/api/funds/projects/{project_id}/steps', { params: versioned(found, key), body }))
}

export function adjustProject(found: Known, key: string, body: Schemas['FundsAdjustment']): Promise<Project> {
  return call(api.POST('/api/funds/projects/{project_id}/adjustments', { params: versioned(found, key), body }))
}

export function acceptProject(found: Known, key: string, body: Schemas['FundsAcceptanceWrite']): Promise<Project> {
  return call(api.POST('/api/funds/projects/{project_id}/acceptance', { params: versioned(found, key), body }))
}

export function settleProject(found: Known, key: string, body: Schemas['FundsSettlementWrite']): Promise<Project> {
  return call(api.POST('/api/funds/projects/{project_id}/settlement', { params: versioned(found, key), body }))
}

export function handOver(found: Known, key: string, body: Schemas['FundsHandOverWrite']): Promise<Project> {
  return call(api.POST('/api/funds/projects/{project_id}/hand-over', { params: versioned(found, key), body }))
}

export function decideFinding(id: string, finding: string, key: string, verdict: 'cleared' | 'upheld', reason: string): Promise<Project> {
  return call(api.POST('/api/funds/projects/{project_id}/findings/{finding_id}/decision', { params: { path: { project_id: id, finding_id: finding }, header: { 'idempotency-key': key } }, body: { verdict, reason } }))
}

export function prioritise(id: string, key: string, priority: number | null): Promise<Project> {
  return call(api.POST('/api/funds/projects/{project_id}/priority', { params: { path: { project_id: id }, header: { 'idempotency-key': key } }, body: { priority } }))
}

export function recordPerformance(id: string, key: string, body: Schemas['FundsPerformanceWrite']): Promise<Project> {
  return call(api.POST('/api/funds/projects/{project_id}/performance', { params: { path: { project_id: id }, header: { 'idempotency-key': key } }, body }))
}

export function reviewBatch(key: string, body: Schemas['FundsBatchDecision']): Promise<ProjectBatchAnswer> {
  return call(api.POST('/api/funds/projects/batch', { params: { header: { 'idempotency-key': key } }, body }))
}

export function listNegative(cursor?: string) {
  return call(api.GET('/api/funds/negative-list', { params: { query: { cursor, limit: PAGE_SIZE } } }))
}

export function setNegative(id: string, body: Schemas['FundsNegativeItemWrite']) {
  return call(api.PUT('/api/funds/negative-list/{item_id}', { params: { path: { item_id: id } }, body }))
}

export function listPlans(year: number | undefined, cursor?: string) {
  return call(api.GET('/api/funds/plans', { params: { query: { year, cursor, limit: PAGE_SIZE } } }))
}

export function fetchPlan(id: string): Promise<YearlyPlan> {
  return call(api.GET('/api/funds/plans/{plan_id}', { params: { path: { plan_id: id } } }))
}

export function createPlan(id: string, body: YearlyPlanWrite): Promise<YearlyPlan> {
  return call(api.PUT('/api/funds/plans/{plan_id}', { params: { path: { plan_id: id } }, body }))
}

export function actOnPlan(id: string, act: 'publication' | 'enforcement' | 'dropping', key: string): Promise<YearlyPlan> {
  const params = { path: { plan_id: id }, header: { 'idempotency-key': key } }
  if (act === 'publication') return call(api.POST('/api/funds/plans/{plan_id}/publication', { params }))
  if (act === 'enforcement') return call(api.POST('/api/funds/plans/{plan_id}/enforcement', { params }))
  return call(api.POST('/api/funds/plans/{plan_id}/dropping', { params }))
}

export function listSchemes(year: number | undefined, cursor?: string) {
  return call(api.GET('/api/funds/factor-schemes', { params: { query: { year, cursor, limit: PAGE_SIZE } } }))
}

export function fetchScheme(id: string): Promise<FactorScheme> {
  return call(api.GET('/api/funds/factor-schemes/{scheme_id}', { params: { path: { scheme_id: id } } }))
}

export function previewScheme(body: FactorWork) {
  return call(api.POST('/api/funds/factor-schemes/preview', { body }))
}

export function keepScheme(id: string, body: Schemas['FundsSchemeWrite']): Promise<FactorScheme> {
  return call(api.PUT('/api/funds/factor-schemes/{scheme_id}', { params: { path: { scheme_id: id } }, body }))
}

export function actOnScheme(id: string, act: 'submission' | 'approval' | 'return' | 'dropping', key: string, opinion: string): Promise<FactorScheme> {
  const params = { path: { scheme_id: id }, header: { 'idempotency-key': key } }
  if (act === 'submission') return call(api.POST('/api/funds/factor-schemes/{scheme_id}/submission', { params }))
  if (act === 'dropping') return call(api.POST('/api/funds/factor-schemes/{scheme_id}/dropping', { params }))
  if (act === 'approval') return call(api.POST('/api/funds/factor-schemes/{scheme_id}/approval', { params, body: { opinion } }))
  return call(api.POST('/api/funds/factor-schemes/{scheme_id}/return', { params, body: { opinion } }))
}

export function fetchCoverage(year: number, region?: string): Promise<CoverageReport> {
  return call(api.GET('/api/funds/publication/coverage', { params: { query: { year, region } } }))
}

export function listPublicationRules(cursor?: string) {
  return call(api.GET('/api/funds/publication/rules', { params: { query: { cursor, limit: PAGE_SIZE } } }))
}

export function setPublicationRule(id: string, body: Schemas['FundsPublicationRuleWrite']) {
  return call(api.PUT('/api/funds/publication/rules/{rule_id}', { params: { path: { rule_id: id } }, body }))
}

/** Closes every notice of an allocation that ended without objection. */
export function closeEnded(key: string) {
  return call(api.POST('/api/funds/publication/closings', { params: { header: { 'idempotency-key': key } } }))
}

export async function listFundingRules(): Promise<FundingRule[]> {
  return (await call(api.GET('/api/funds/publication/funding-rules'))).items
}

export function setFundingRule(year: number, libraryFrom: string | null, basis: string): Promise<FundingRule> {
  return call(api.PUT('/api/funds/publication/funding-rules/{year}', { params: { path: { year } }, body: { library_from: libraryFrom, basis } }))
}

export function listPendingAssets(region: string | undefined, cursor?: string) {
  return call(api.GET('/api/assets/pending-assets', { params: { query: { region, cursor, limit: PAGE_SIZE, with_total: true } } }))
}

export function fetchPendingAsset(id: string): Promise<PendingAsset> {
  return call(api.GET('/api/assets/pending-assets/{pending_id}', { params: { path: { pending_id: id } } }))
}
