import { api, call } from '@/api/client'
import type { AuditEntry } from '@/api/types'

/** Each service keeps an audit record of its own; the order is that of the tabs. */
export const LEDGERS = ['gateway', 'monitoring', 'assets', 'funds'] as const
export type Ledger = (typeof LEDGERS)[number]

export const AUDIT_FILTERS = ['action', 'region', 'actor_id'] as const
export type AuditFilters = Partial<Record<(typeof AUDIT_FILTERS)[number], string>>

interface AuditPage {
  items: AuditEntry[]
  next?: string | null
}

const PAGE_SIZE = 20

export function listAudit(ledger: Ledger, filters: AuditFilters, cursor?: string): Promise<AuditPage> {
  const params = { query: { ...filters, cursor, limit: PAGE_SIZE } }
  switch (ledger) {
    case 'gateway':
      return call(api.GET('/api/gateway/audit', { params }))
    case 'monitoring':
      return call(api.GET('/api/monitoring/audit', { params }))
    case 'assets':
      return call(api.GET('/api/assets/audit', { params }))
    case 'funds':
      return call(api.GET('/api/funds/audit', { params }))
  }
}

const people = new Map<string, Promise<string>>()

/** The name of an account; "" when it is none of ours or lies outside the reader's region. Asked once per visit. */
export function nameOf(userId: string): Promise<string> {
  const known = people.get(userId)
  if (known) return known
  const asked = call(api.GET('/api/users/{user_id}', { params: { path: { user_id: userId } } })).then((user) => user.name, () => '')
  people.set(userId, asked)
  return asked
}
