import { daysBetween } from './clock'
import type { Kind } from './kinds'
import type { PackHousehold } from './types'

export type Urgency = 'overdue' | 'today' | 'week' | 'later'
export const URGENCIES: readonly Urgency[] = ['overdue', 'today', 'week', 'later']

/** Something that a household waits for, with its last day. */
export interface Due {
  kind: Kind
  household: PackHousehold
  /** 2026-11-22 */
  due_on: string
  urgency: Urgency
}

function urgencyOf(dueOn: string, now: number): Urgency {
  const days = daysBetween(now, Date.parse(`${dueOn}T12:00:00+08:00`))
  if (days < 0) return 'overdue'
  if (days === 0) return 'today'
  return days <= 7 ? 'week' : 'later'
}

/** The kinds of record that a household waits for, each with its last day. */
export function dueOf(household: PackHousehold): { kind: Kind; due_on: string }[] {
  const { open_case, look_back, sweep } = household
  return [
    ...(open_case?.state === 'home_verification' ? [{ kind: 'verification' as const, due_on: open_case.due_on }] : []),
    ...(look_back ? [{ kind: 'look_back' as const, due_on: look_back.due_on }] : []),
    ...(sweep ? [{ kind: 'sweep' as const, due_on: sweep.ends_on }] : []),
  ]
}

/** What is to be done, soonest first. `done`: "kind household" of records that this phone already holds. */
export function dueList(households: readonly PackHousehold[], done: ReadonlySet<string>, now: number): Due[] {
  return households
    .flatMap((household) => dueOf(household).map(({ kind, due_on }) => ({ kind, household, due_on, urgency: urgencyOf(due_on, now) })))
    .filter(({ kind, household }) => !done.has(`${kind} ${household.id}`))
    .sort((a, b) => a.due_on.localeCompare(b.due_on) || a.household.household_no.localeCompare(b.household.household_no, 'zh-CN', { numeric: true }))
}
