// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { someHousehold } from '../testing'
import { initials } from './initials'
import { countBy, roster, rosterRows } from './roster'
import type { Member, PackHousehold } from './types'

const NOW = Date.parse('2026-11-22T10:00:00+08:00')
const visited = (date: string) => ({ visited_at: `${date}T09:00:00+08:00`, visitor_name: '王建国' })

const village: PackHousehold[] = [
  someHousehold({ id: 'old', head_name: '张大山', last_visit: visited('2026-08-01') }),
  someHousehold({ id: 'this-month', head_name: '李秀英', last_visit: visited('2026-11-01') }),
  someHousehold({ id: 'never', head_name: '王福生', monitored: true, lifted: false }),
  someHousehold({ id: 'recent', head_name: '赵翠花', last_visit: visited('2026-10-31'), members: [{ id: 'm', name: '张三' } as Member] }),
]
const rows = rosterRows(village, new Map(), NOW)
const ids = (list: { household: PackHousehold }[]) => list.map((row) => row.household.id)

describe('roster', () => {
  it('puts those not visited this month first, never visited before all', () => {
    const found = roster(rows, 'all', '')
    expect(ids(found.due)).toEqual(['never', 'old', 'recent'])
    expect(ids(found.done)).toEqual(['this-month'])
  })

  it('counts a visit written on this phone before the register knows of it', () => {
    const found = roster(rosterRows(village, new Map([['never', NOW - 1000]]), NOW), 'all', '')
    expect(ids(found.done)).toContain('never')
  })

  it('reads the month in Shanghai', () => {
    const lateAtNight = someHousehold({ last_visit: { visited_at: '2026-10-31T16:30:00Z', visitor_name: '王建国' } })
    expect(rosterRows([lateAtNight], new Map(), NOW)[0]!.visitedThisMonth).toBe(true)
  })

  it.each([
    ['张大', ['old']],
    ['zds', ['old']],
    ['ZS', ['recent']],
    ['zc', ['recent']],
    ['无此人', []],
  ])('finds %s', (query, expected) => {
    const found = roster(rows, 'all', query)
    expect(ids([...found.due, ...found.done])).toEqual(expected)
  })

  it('lists heads before members of the same initials', () => {
    expect(ids(roster(rows, 'all', 'z').due)).toEqual(['old', 'recent'])
    expect(ids(roster(rows, 'all', '张').due)).toEqual(['old', 'recent'])
  })

  it('filters and counts by class', () => {
    expect(ids(roster(rows, 'monitored', '').due)).toEqual(['never'])
    expect([countBy(rows, 'all'), countBy(rows, 'monitored'), countBy(rows, 'lifted')]).toEqual([4, 1, 3])
  })
})

describe('initials', () => {
  it.each([
    ['张三', 'zs'],
    ['曾建国', 'zjg'],
    ['单福生', 'sfs'],
    ['欧阳翠花', 'oych'],
    ['阿依古丽·买买提', 'aygl'],
    ['', ''],
  ])('%s → %s', (name, expected) => {
    expect(initials(name).startsWith(expected)).toBe(true)
  })
})
