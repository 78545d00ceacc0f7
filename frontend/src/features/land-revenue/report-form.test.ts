import { describe, expect, it } from 'vitest'
import { checkReport, reportBody, type ReportValues } from './report-form'

const good: ReportValues = { year: '2025', as_of: '2025-12-31', gross: 100_000n, net: 20_000n, agriculture: 10_000n, spent: 1n, basis: '决算表' }

describe('a report of land revenue', () => {
  it('becomes yuan', () => expect(reportBody(good)).toMatchObject({ year: 2025, gross: '1000.00', spent: '0.01' }))

  it.each([
    ['as_of', { as_of: '2024-12-31' }],
    ['net', { net: 100_001n }],
    ['agriculture', { agriculture: 100_001n }],
    ['spent', { spent: 10_001n }],
    ['gross', { gross: null }],
    ['year', { year: '25' }],
    ['basis', { basis: ' ' }],
  ] as const)('says what is wrong with %s', (field, change) => expect(Object.keys(checkReport({ ...good, ...change }))).toContain(field))

  it('has nothing to say when all is well', () => expect(checkReport(good)).toEqual({}))
})
