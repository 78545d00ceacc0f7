import { describe, expect, it } from 'vitest'
import { assetBody, checkAsset, compositionGap, emptyAsset, emptyLine, type AssetValues } from './asset-form'

function road(): AssetValues {
  const values = emptyAsset('431081106217', 'public_welfare', 2026)
  Object.assign(values, { name: '通组公路', code: 'ZX-1', category: '道路', original_value: 10_000_001n, owner_name: '水南村', keeper: '村委会' })
  values.fund_composition = [
    { ...emptyLine(2026), source_level: 'central', amount: 7_000_000n },
    { ...emptyLine(2026), source_level: 'county', amount: 3_000_001n },
  ]
  return values
}

describe('an asset', () => {
  it('passes when its composition adds up to the fen', () => {
    expect(checkAsset(road())).toEqual({})
  })

  it('is refused one fen apart, and says by how much', () => {
    const values = road()
    values.fund_composition[0]!.amount = 6_000_000n
    expect(compositionGap(values)).toBe(1_000_000n)
    expect(checkAsset(values).fund_composition).toContain('少 1.00 万元')
    values.fund_composition[0]!.amount = 8_000_000n
    expect(checkAsset(values).fund_composition).toContain('多 1.00 万元')
  })

  it('asks each kind for what it needs', () => {
    expect(checkAsset({ ...road(), keeper: '' })).toHaveProperty('keeper')
    expect(checkAsset({ ...road(), kind: 'operating' })).toHaveProperty('operator_name')
    expect(checkAsset({ ...road(), kind: 'household' })).toHaveProperty('household_id')
  })

  it('does not let a contract end before it begins', () => {
    const shop: AssetValues = { ...road(), kind: 'operating', operator_name: '绿源公司', contract_from: '2026-01-01', contract_to: '2025-12-31' }
    expect(Object.keys(checkAsset(shop))).toEqual(['contract_to'])
  })

  it('sends only the fields of its kind', () => {
    const body = assetBody({ ...road(), operator_name: 'left over from another kind' })
    expect(body).toMatchObject({ original_value: '100000.01', keeper: '村委会' })
    expect(body).not.toHaveProperty('operator_name')
  })

  it('names the household as owner when nobody else is named', () => {
    expect(assetBody({ ...road(), kind: 'household', owner_name: '', household_id: 'h', household_head_name: '李明' }).owner_name).toBe('李明')
  })
})
