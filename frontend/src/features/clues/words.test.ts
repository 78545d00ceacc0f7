import { describe, expect, it } from 'vitest'
import { offersOf } from './words'

const clue = { state: 'rectified', handler_id: 'me', amount: '5.00', recovered: '5.00' } as const
const all = () => true

describe('what a person may do to a clue', () => {
  it('shows closing to the handler, but not to be pressed', () => {
    expect(offersOf(clue, 'me', all).filter((offer) => offer.own).map((offer) => offer.act)).toEqual(['closing', 'return'])
    expect(offersOf(clue, 'you', all).some((offer) => offer.own)).toBe(false)
  })

  it('offers no recovery when all has come back', () => {
    expect(offersOf(clue, 'me', all).map((offer) => offer.act)).not.toContain('recoveries')
    expect(offersOf({ ...clue, recovered: '4.99' }, 'me', all).map((offer) => offer.act)).toContain('recoveries')
  })

  it('offers nothing to the auditor, and nothing once it is closed', () => {
    expect(offersOf(clue, 'me', () => false)).toEqual([])
    expect(offersOf({ ...clue, state: 'closed' }, 'you', all)).toEqual([])
  })
})
