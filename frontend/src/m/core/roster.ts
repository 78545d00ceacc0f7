import { daysBetween, monthOf } from './clock'
import { initials } from './initials'
import type { PackHousehold } from './types'

export type RosterFilter = 'all' | 'monitored' | 'lifted' | 'sweep'

/** A household as the list shows it, with the later of the register's visit and this phone's own. */
export interface RosterRow {
  household: PackHousehold
  /** ms, null when nobody has visited yet */
  lastVisit: number | null
  daysSince: number | null
  visitedThisMonth: boolean
  search: string
  initials: string
}

export interface Roster {
  due: RosterRow[]
  done: RosterRow[]
}

/** Rows for a pack. `own`: household id → visit time in ms, of records on this phone. */
export function rosterRows(households: readonly PackHousehold[], own: ReadonlyMap<string, number>, now: number): RosterRow[] {
  return households.map((household) => {
    const known = household.last_visit ? Date.parse(household.last_visit.visited_at) : NaN
    const times = [known, own.get(household.id) ?? NaN].filter((time) => !Number.isNaN(time))
    const lastVisit = times.length > 0 ? Math.max(...times) : null
    return {
      household,
      lastVisit,
      daysSince: lastVisit === null ? null : Math.max(0, daysBetween(lastVisit, now)),
      visitedThisMonth: lastVisit !== null && monthOf(lastVisit) === monthOf(now),
      search: searchText(household),
      initials: initials(household.head_name),
    }
  })
}

function searchText(household: PackHousehold): string {
  const names = [household.head_name, ...household.members.map((member) => member.name)]
  return [...names, ...names.map(initials), household.group_name, household.household_no].join(' ').toLowerCase()
}

function admits(filter: RosterFilter, household: PackHousehold): boolean {
  if (filter === 'monitored') return household.monitored
  if (filter === 'lifted') return household.lifted
  if (filter === 'sweep') return household.sweep !== undefined
  return !household.bare
}

/** Longest unvisited first, never visited before all, then as the village counts its groups. */
function byNeed(a: RosterRow, b: RosterRow): number {
  const first = (a.lastVisit ?? 0) - (b.lastVisit ?? 0)
  if (first !== 0) return first
  const [one, other] = [a.household, b.household]
  return (
    one.group_name.localeCompare(other.group_name, 'zh-CN', { numeric: true }) ||
    one.household_no.localeCompare(other.household_no, 'zh-CN', { numeric: true })
  )
}

/** The list a cadre works from: not visited this month first. `query`: name or pinyin initials, heads before members. */
export function roster(rows: readonly RosterRow[], filter: RosterFilter, query: string): Roster {
  const wanted = query.trim().toLowerCase()
  const leads = (row: RosterRow) => row.household.head_name.startsWith(wanted) || row.initials.startsWith(wanted)
  // Whoever is looked for by name is found, though the list of visits leaves them out.
  const all = filter === 'all' && wanted !== ''
  const found = rows
    .filter((row) => (all || admits(filter, row.household)) && row.search.includes(wanted))
    .sort((a, b) => Number(leads(b)) - Number(leads(a)) || byNeed(a, b))
  return { due: found.filter((row) => !row.visitedThisMonth), done: found.filter((row) => row.visitedThisMonth) }
}

/** How many the filter shows. */
export function countBy(rows: readonly RosterRow[], filter: RosterFilter): number {
  return rows.filter((row) => admits(filter, row.household)).length
}
