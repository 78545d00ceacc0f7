import { describe, expect, it } from 'vitest'
import type { PayoutBatchDetail } from '@/api/types'
import { checkBatch, emptyBatch } from './batch-form'
import { actsOf, standing } from './words'

function batch(state: PayoutBatchDetail['state'], run: string | null, failed = 0): PayoutBatchDetail {
  return { state, lines: 3, failed_lines: failed, run_state: run, runs: run ? [{ state: run }] : [] } as unknown as PayoutBatchDetail
}

describe('what may be done with a list', () => {
  it.each([
    ['draft', null, 0, ['submission', 'dropping']],
    ['running', 'submitted', 0, ['approval', 'return']],
    ['running', 'approved', 0, ['return', 'sending']],
    ['running', 'sent', 0, ['answer']],
    ['running', 'settled', 2, ['submission']],
    ['finished', 'settled', 0, []],
  ] as const)('%s, run %s, %d failed', (state, run, failed, acts) => {
    expect(actsOf(batch(state, run, failed), () => true)).toEqual(acts)
  })

  it('says where it stands in the words of who acts next', () => {
    expect(standing(batch('running', 'sent')).label).toBe('银行处理中')
    expect(standing(batch('running', 'settled', 1)).label).toBe('银行退回')
    expect(standing(batch('finished', 'settled')).label).toBe('已办结')
  })
})

describe('a list as it is begun', () => {
  it('wants the period as the standard has it', () => {
    const values = { ...emptyBatch(), standard_id: 's', allocation_id: 'a', title: '雨露计划', bank: '农商银行', account_number: '6222021234567890', period: '2026' }
    expect(checkBatch(values, { period_kind: 'year' })).toEqual({})
    expect(checkBatch(values, { period_kind: 'semester' })).toEqual({ period: '期间应写成“2026秋”这样' })
    expect(Object.keys(checkBatch(emptyBatch(), undefined))).toEqual(['standard_id', 'title', 'allocation_id', 'bank', 'account_number'])
  })
})
