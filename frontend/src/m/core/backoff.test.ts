// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { backoffMs, retryAfterMs } from './backoff'

describe('backoffMs', () => {
  it('doubles from 5 s to 10 min', () => {
    const longest = () => 1
    expect([1, 2, 3, 4].map((attempt) => backoffMs(attempt, longest))).toEqual([5_000, 10_000, 20_000, 40_000])
    expect(backoffMs(50, longest)).toBe(600_000)
  })

  it('spreads phones over half of the wait', () => {
    for (let attempt = 1; attempt < 30; attempt++) {
      const [least, most] = [backoffMs(attempt, () => 0), backoffMs(attempt, () => 1)]
      expect(most).toBe(2 * least)
    }
  })

  it('never comes earlier than the server asked', () => {
    for (const random of [0, 0.3, 1]) {
      expect(backoffMs(1, () => random, 120_000)).toBeGreaterThanOrEqual(120_000)
      expect(backoffMs(9, () => random, 120_000)).toBeGreaterThanOrEqual(120_000)
    }
  })
})

describe('retryAfterMs', () => {
  const now = Date.parse('2026-11-22T02:00:00Z')
  it.each([
    [null, 0],
    ['', 0],
    ['30', 30_000],
    ['Sun, 22 Nov 2026 02:01:00 GMT', 60_000],
    ['Sun, 22 Nov 2026 01:00:00 GMT', 0],
    ['soon', 0],
    ['999999999', 86_400_000],
  ])('%s → %i ms', (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected)
  })
})
