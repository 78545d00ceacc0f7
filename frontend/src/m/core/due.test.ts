// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { someHousehold } from '../testing'
import { dueList } from './due'

const NOW = Date.parse('2026-11-22T23:30:00+08:00')

function household(id: string, due_on: string) {
  return someHousehold({ id, household_no: id, look_back: { id: `l-${id}`, seq: 1, due_on } })
}

describe('dueList', () => {
  it.each([
    ['2026-11-21', 'overdue'],
    ['2026-11-22', 'today'],
    ['2026-11-23', 'week'],
    ['2026-11-29', 'week'],
    ['2026-11-30', 'later'],
  ])('%s is %s late in the evening of the 22nd', (due_on, urgency) => {
    expect(dueList([household('a', due_on)], new Set(), NOW)[0]!.urgency).toBe(urgency)
  })

  it('puts the soonest first and leaves out what this phone already answered', () => {
    const list = dueList([household('a', '2026-12-01'), household('b', '2026-11-20'), household('c', '2026-11-25')], new Set(['look_back c']), NOW)
    expect(list.map((each) => each.household.id)).toEqual(['b', 'a'])
  })

  it('wants a verification only while the case is at that step', () => {
    const open_case = { id: 'c1', kind: 'identification' as const, state: 'home_verification', due_on: '2026-11-25', difficulty: '', risks: [], window_from: '', window_to: '' }
    expect(dueList([someHousehold({ open_case })], new Set(), NOW).map(({ kind }) => kind)).toEqual(['verification'])
    expect(dueList([someHousehold({ open_case: { ...open_case, state: 'village_review' } })], new Set(), NOW)).toEqual([])
  })
})
