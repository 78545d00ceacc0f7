/** What of a page of the queue belongs together, and what can be reviewed together. */
import type { CaseRow, Urgency } from '@/api/types'

const ORDER: readonly Urgency[] = ['overdue', 'today', 'this_week', 'later']
const REVIEWED_TOGETHER: readonly string[] = ['township_review', 'county_determination']

export interface Group {
  urgency: Urgency | null
  rows: CaseRow[]
}

/** A page by urgency, the most pressing first; rows of closed cases stand together without one. */
export function grouped(rows: readonly CaseRow[], byUrgency: boolean): Group[] {
  if (!byUrgency) return rows.length ? [{ urgency: null, rows: [...rows] }] : []
  return ORDER.map((urgency) => ({ urgency, rows: rows.filter((row) => row.urgency === urgency) })).filter((group) => group.rows.length > 0)
}

/** Only reviews are taken together, and only of the same matter at the same step. */
export function choosable(row: CaseRow, chosen: readonly CaseRow[]): boolean {
  if (!REVIEWED_TOGETHER.includes(row.state)) return false
  const first = chosen[0]
  return !first || (first.state === row.state && first.kind === row.kind)
}

/** Days from today to the limit; negative when it has passed. */
export function daysLeft(due: string, today: string): number {
  return Math.round((Date.parse(due) - Date.parse(today)) / 86_400_000)
}
