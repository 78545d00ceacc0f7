import { describe, expect, it } from 'vitest'
import { byRemaining, percent, remaining } from './progress'

describe('the progress of a sweep', () => {
  it('says 100 % only when all are done', () => {
    expect(percent(299, 300)).toBe(99)
    expect(percent(300, 300)).toBe(100)
    expect(percent(0, 0)).toBe(0)
  })

  it('counts those with a reason as seen to', () => {
    expect(remaining({ total: 10, done: 7, excused: 2 })).toBe(1)
  })

  it('puts those with most to do first and leaves the list alone', () => {
    const rows = [{ total: 5, done: 5, excused: 0 }, { total: 5, done: 1, excused: 0 }]
    expect(byRemaining(rows).map((row) => row.done)).toEqual([1, 5])
    expect(rows[0]?.done).toBe(5)
  })
})
