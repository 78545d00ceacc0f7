import { describe, expect, it } from 'vitest'
import { readFilters, toParams, writeFilters } from './table-url'

const NAMES = ['region', 'status', 'q'] as const

describe('filters in the address', () => {
  it('reads only what the list knows, trimmed', () => {
    expect(readFilters({ region: '431081', q: ' 王 ', utm: 'x', status: ['a', 'b'] }, NAMES)).toEqual({ region: '431081', status: '', q: '王' })
  })

  it('returns to the first page when a filter changes', () => {
    expect(writeFilters({ region: '431081', cursor: 'abc' }, { status: 'lifted' })).toEqual({ region: '431081', status: 'lifted' })
  })

  it('leaves no empty filter behind, and keeps what is not a filter', () => {
    expect(writeFilters({ region: '431081', status: 'lifted', view: 'chart' }, { status: '' })).toEqual({ region: '431081', view: 'chart' })
  })

  it('sends only the filters that are set', () => {
    expect(toParams({ region: '431081', status: '', q: '' })).toEqual({ region: '431081' })
  })

  it('survives the way from the address to the request and back', () => {
    const query = writeFilters({}, { region: '431081106', q: 'wxm' })
    expect(toParams(readFilters(query, NAMES))).toEqual({ region: '431081106', q: 'wxm' })
  })
})
