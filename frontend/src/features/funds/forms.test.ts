import { describe, expect, it } from 'vitest'
import type { Pool } from '@/api/types'
import { allocationBody, checkAllocation, draftOf, emptyAllocation, refusalWords } from './allocation-form'
import { checkDocument, documentBody, emptyDocument } from './document-form'
import { byYear, statusOf, yearOptions } from './filters'
import { checkFloor, floorBody, parsePercent } from './floor-form'

const POOL: Pool = {
  id: 'p1',
  county_code: '431081',
  year: 2026,
  source_level: 'central',
  floor_rule_id: 'f1',
  last_seq: 3,
  version: 3,
  updated_at: '2026-11-01T10:00:00+08:00',
  received: '1000000.00',
  allocated: '400000.00',
  allocated_industry: '0.00',
  allocated_other: '400000.00',
  floor_bp: 5500,
  industry_share_bp: 0,
  headroom_other: '50000.00',
  headroom_total: '600000.00',
  last_year_bp: null,
}

function filled(amount: bigint, purpose: 'industry' | 'infrastructure' = 'infrastructure') {
  return { ...emptyAllocation('p1', '431081106217'), purpose, amount, title: '通组公路' }
}

describe('an allocation', () => {
  it('passes up to the last fen before the red line', () => {
    expect(checkAllocation(filled(5_000_000n), POOL)).toEqual({})
  })

  it('is refused one fen later, with the exact shortfall in words', () => {
    expect(checkAllocation(filled(5_000_001n), POOL).amount).toBe('超出产业占比 55% 红线 0.00 万元\uff080.01 元\uff09\uff0c不能安排')
  })

  it('is refused beyond the money', () => {
    expect(checkAllocation(filled(60_000_100n, 'industry'), POOL).amount).toContain('超出可用资金 0.00 万元\uff081.00 元\uff09')
  })

  it('names the floor without idle zeros', () => {
    expect(refusalWords({ reason: 'industry_floor_broken', shortfall: 1_000_000n }, 6250)).toContain('62.5%')
    expect(refusalWords({ reason: 'industry_floor_broken', shortfall: 1_000_000n }, 6000)).toContain('60%')
  })

  it('asks for everything that is missing', () => {
    expect(Object.keys(checkAllocation(emptyAllocation('', ''), null)).sort()).toEqual(['amount', 'pool_id', 'purpose', 'region_code', 'title'])
  })

  it('draws nothing on the card before there is an amount and a purpose', () => {
    expect(draftOf({ purpose: '', amount: 5n })).toEqual([])
    expect(draftOf({ purpose: 'other', amount: null })).toEqual([])
    expect(draftOf({ purpose: 'industry', amount: 5n })).toEqual([{ industry: true, amount: 5n }])
  })

  it('is sent in yuan, with no document when none was named', () => {
    expect(allocationBody(filled(5_000_001n))).toEqual({ pool_id: 'p1', region_code: '431081106217', purpose: 'infrastructure', title: '通组公路', amount: '50000.01', note: '', document_id: null, project_id: null })
  })
})

describe('a budget document', () => {
  const good = { ...emptyDocument(), year: '2026', source_level: 'central' as const, number: '湘财预〔2026〕12号', title: '通知', issued_on: '2026-02-01', received_on: '2026-02-11', amount: 100n }

  it('passes when complete', () => {
    expect(checkDocument(good, '2026-11-22')).toEqual({})
    expect(documentBody(good)).toMatchObject({ year: 2026, amount: '1.00', direct: false, purpose: '' })
  })

  it('cannot be received before it was issued, nor tomorrow', () => {
    expect(Object.keys(checkDocument({ ...good, received_on: '2026-01-31' }, '2026-11-22'))).toEqual(['received_on'])
    expect(Object.keys(checkDocument({ ...good, received_on: '2026-11-23' }, '2026-11-22'))).toEqual(['received_on'])
  })

  it('asks for everything that is missing', () => {
    expect(Object.keys(checkDocument({ ...emptyDocument(), year: '', received_on: '' })).sort()).toEqual(['amount', 'issued_on', 'number', 'received_on', 'source_level', 'title', 'year'])
  })
})

describe('a red line', () => {
  it.each([['55', 5500], ['62.5', 6250], ['0.05', 5], ['100', 10_000]])('reads %s %%', (text, bp) => {
    expect(parsePercent(text)).toBe(bp)
  })

  it.each(['', '100.01', '55.555', '-1', '五十'])('refuses %s', (text) => {
    expect(parsePercent(text)).toBeNull()
  })

  it('is set for a province, prefecture or county', () => {
    const values = { year: '2026', source_level: 'central' as const, region_code: '431081', percent: '55', basis: '湘乡振〔2026〕3号' }
    expect(checkFloor(values)).toEqual({})
    expect(floorBody(values).floor_bp).toBe(5500)
    expect(checkFloor({ ...values, region_code: '431081106' })).toHaveProperty('region_code')
  })
})

describe('fund filters', () => {
  it('drop nonsense from an address', () => {
    expect(byYear({ year: 'abcd', source_level: 'moon' })).toEqual({})
    expect(byYear({ year: '2026', source_level: 'central' })).toEqual({ year: 2026, source_level: 'central' })
    expect([statusOf('reversed'), statusOf('x')]).toEqual(['reversed', undefined])
  })

  it('offer the years since linkage funds exist', () => {
    expect(yearOptions(new Date('2026-11-22')).map((option) => option.value)).toEqual(['2026', '2025', '2024', '2023', '2022', '2021'])
  })
})
