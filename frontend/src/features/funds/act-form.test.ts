import { describe, expect, it } from 'vitest'
import type { FundDocument } from '@/api/types'
import { Problem } from '@/shared/problem'
import { checkAct, emptyAct, mustMove, refusedAct, type ActValues } from './act-form'

const document = { current: '100.00', allocated: '60.00' } as FundDocument

function filled(changes: Partial<ActValues>): ActValues {
  return { ...emptyAct(), kind: 'cut', number: '湘财预〔2026〕30号', issued_on: '2026-05-01', reason: '调减', ...changes }
}

describe('an act on a document', () => {
  it('leaves what named allocations draw, to the fen', () => {
    expect(mustMove('cut', 4_000n, document)).toBeNull()
    expect(mustMove('cut', 4_001n, document)).toBe(1n)
    expect(mustMove('supplement', 9_999n, document)).toBeNull()
  })

  it('previews the refusal with the amount that must move first', () => {
    expect(checkAct(filled({ amount: 4_000n }), document, '2026-06-01')).toEqual({})
    expect(checkAct(filled({ amount: 10_000n }), document, '2026-06-01').amount).toContain('60.00 元')
    expect(checkAct(filled({ amount: 10_001n }), document, '2026-06-01').amount).toContain('0.01 元')
  })

  it('puts the refusal of the ledger into 万元 and exact 元', () => {
    const refused = new Problem(422, 'industry_floor_broken', '', '', [], { must_move: '12345.60' })
    expect(refusedAct(refused)).toContain('1.23 万元（12,345.60 元）')
    expect(refusedAct(new Problem(422, 'industry_floor_broken', '', ''))).toBeNull()
    expect(refusedAct(new Problem(409, 'other', '', '', [], { must_move: '1.00' }))).toBeNull()
  })
})
