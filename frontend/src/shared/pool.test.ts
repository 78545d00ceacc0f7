import { describe, expect, it } from 'vitest'
import { headroomOther, headroomTotal, industryShareBp, otherCeiling, percent, poolState, refusal, standing, withDraft, type PoolState } from './pool'

function pool(received: bigint, industry: bigint, other: bigint, floorBp = 5500): PoolState {
  return { received, allocatedIndustry: industry, allocatedOther: other, floorBp }
}

describe('the 55 % card', () => {
  it('reads a pool as the ledger sends it', () => {
    const state = poolState({ received: '100.00', allocated_industry: '30.00', allocated_other: '20.01', floor_bp: 5500 })
    expect(state).toEqual(pool(10_000n, 3_000n, 2_001n))
    expect(headroomOther(state)).toBe(2_499n)
    expect(headroomTotal(state)).toBe(4_999n)
  })

  it('divides industry by what is allocated, rounded down', () => {
    expect(industryShareBp(pool(10_000n, 2n, 1n))).toBe(6666)
    expect(industryShareBp(pool(10_000n, 0n, 0n))).toBeNull()
    expect(percent(6666)).toBe('66.66')
    expect(percent(5505)).toBe('55.05')
  })

  it('rounds the ceiling down, so never in favour of other uses', () => {
    expect(otherCeiling(pool(101n, 0n, 0n))).toBe(45n)
  })

  it('allows the last fen and refuses the next, with the exact shortfall', () => {
    const before = pool(10_000n, 0n, 4_000n)
    expect(refusal(withDraft(before, [{ industry: false, amount: 500n }]))).toBeNull()
    expect(refusal(withDraft(before, [{ industry: false, amount: 501n }]))).toEqual({ reason: 'industry_floor_broken', shortfall: 1n })
  })

  it('lets industry use all that is left, and no more', () => {
    const before = pool(10_000n, 0n, 4_500n)
    expect(refusal(withDraft(before, [{ industry: true, amount: 5_500n }]))).toBeNull()
    expect(refusal(withDraft(before, [{ industry: true, amount: 5_502n }]))).toEqual({ reason: 'pool_exhausted', shortfall: 2n })
  })

  it('never offers other uses more than the money that is left', () => {
    expect(headroomOther(pool(10_000n, 8_000n, 1_000n))).toBe(1_000n)
  })

  it('names the tighter of two broken limits', () => {
    expect(refusal(pool(10_000n, 5_000n, 6_000n))).toEqual({ reason: 'industry_floor_broken', shortfall: 1_500n })
    expect(refusal(pool(10_000n, 9_000n, 5_000n))).toEqual({ reason: 'pool_exhausted', shortfall: 4_000n })
  })

  it('has no red line where none is set', () => {
    expect(refusal(pool(10_000n, 0n, 10_000n, 0))).toBeNull()
  })

  it('keeps its promise: a draft made smaller by its shortfall always passes', () => {
    let seed = 7
    const next = (below: number): bigint => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return BigInt(seed % below)
    }
    for (let round = 0; round < 500; round += 1) {
      const before = pool(next(1_000_000), next(400_000), next(200_000), Number(next(10_001)))
      if (refusal(before)) continue
      const line = { industry: next(2) === 0n, amount: next(1_500_000) + 1n }
      const refused = refusal(withDraft(before, [line]))
      if (!refused || refused.shortfall >= line.amount) continue
      expect(refusal(withDraft(before, [{ ...line, amount: line.amount - refused.shortfall }]))).toBeNull()
      expect(refusal(withDraft(before, [{ ...line, amount: line.amount - refused.shortfall + 1n }]))).not.toBeNull()
    }
  })

  it('stays exact at a trillion yuan', () => {
    const before = pool(100_000_000_000_001n, 0n, 0n)
    expect(otherCeiling(before)).toBe(45_000_000_000_000n)
    expect(refusal(withDraft(before, [{ industry: false, amount: 45_000_000_000_001n }]))?.shortfall).toBe(1n)
  })

  it('says in words how near the line is', () => {
    expect(standing(pool(10_000n, 0n, 0n))).toBe('clear')
    expect(standing(pool(10_000n, 0n, 4_200n))).toBe('near')
    expect(standing(pool(10_000n, 0n, 4_500n))).toBe('at_limit')
    expect(standing(pool(10_000n, 0n, 4_501n))).toBe('broken')
  })
})
