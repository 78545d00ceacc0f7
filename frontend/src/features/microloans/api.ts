import { api, call } from '@/api/client'
import type { components } from '@/api/schema'

type Schemas = components['schemas']
export type Loan = Schemas['FundsMicroloanRead']
export type Overview = Schemas['FundsMicroloanOverview']
export type Imported = Schemas['FundsMicroloanImported']
export type LoanPolicy = Schemas['FundsMicroloanPolicyRead']

const PAGE_SIZE = 20

export interface LoanQuery {
  standing?: Loan['standing']
  problem?: Loan['problems'][number]
  name?: string
}

export function listLoans(query: LoanQuery, cursor?: string) {
  return call(api.GET('/api/funds/microloans', { params: { query: { ...query, cursor, limit: PAGE_SIZE } } }))
}

export function fetchOverview(year: number): Promise<Overview> {
  return call(api.GET('/api/funds/microloans/overview', { params: { query: { year } } }))
}

export function importLoans(importId: string, reportedOn: string, file: File): Promise<Imported> {
  return call(
    api.PUT('/api/funds/microloan-imports/{import_id}/content', {
      params: { path: { import_id: importId }, query: { reported_on: reportedOn } },
      body: file as never, // raw bytes; the document can only say "binary"
      bodySerializer: (body: unknown) => body as BodyInit,
      headers: { 'Content-Type': 'application/octet-stream' },
    }),
  )
}

export async function fetchPolicies(): Promise<LoanPolicy[]> {
  return (await call(api.GET('/api/funds/microloan-policies'))).items
}

export function setPolicy(id: string, body: Schemas['FundsMicroloanPolicyWrite']): Promise<LoanPolicy> {
  return call(api.PUT('/api/funds/microloan-policies/{policy_id}', { params: { path: { policy_id: id } }, body }))
}

export function setTarget(id: string, body: Schemas['FundsMicroloanTargetWrite']) {
  return call(api.PUT('/api/funds/microloan-targets/{target_id}', { params: { path: { target_id: id } }, body }))
}

export const TEMPLATE = '/api/funds/microloans/template'
