import { describe, expect, it } from 'vitest'
import { net, nextMonths } from './words'

describe('the months that may be begun', () => {
  it.each([
    ['2026-10', '2026-11-22', ['2026-11']],
    ['2026-11', '2026-11-22', []],
    ['2025-12', '2026-02-01', ['2026-01']],
  ])('after %s on %s', (last, today, wanted) => expect(nextMonths(last, today)).toEqual(wanted))

  it('are the past twelve when none was', () => {
    const found = nextMonths(null, '2026-02-10')
    expect([found[0], found[2], found.at(-1)]).toEqual(['2026-02', '2025-12', '2025-03'])
  })
})

it('what was picked adds up with its sign', () => {
  expect(net([{ direction: 'in', amount: '5.00' }, { direction: 'out', amount: '7.01' }])).toBe(-201n)
})
