import { describe, expect, it } from 'vitest'
import { checkPolicy, ownRiskCode, policyBody, policyValues } from './policy-form'
import { valueLines } from './policy-words'

const why = { valid_from: '2027-01-01', reason: '省里公布新标准' }

describe('a new value of a rule', () => {
  it('keeps the income line in exact yuan', () => {
    const values = { ...policyValues('income_line', { yuan: '8500.00' }), ...why, yuan: 900_000n }
    expect(checkPolicy('income_line', values)).toEqual({})
    expect(policyBody('income_line', values)).toEqual({ key: 'income_line', yuan: '9000.00' })
  })

  it('needs a reason and a day', () => {
    expect(Object.keys(checkPolicy('notice_days', policyValues('notice_days', { days: 5 })))).toEqual(['reason'])
  })

  it('refuses a notice of less than five days', () => {
    const values = { ...policyValues('notice_days', { days: 5 }), ...why, numbers: { days: '4' } }
    expect(checkPolicy('notice_days', values)).toHaveProperty(['value.days'])
  })

  it('leaves the determination to the county alone', () => {
    const values = { ...policyValues('approvers', { application: ['village_cadre'], county_determination: ['bureau', 'township'] }), ...why }
    expect(checkPolicy('approvers', values)).toHaveProperty(['value.county_determination'])
  })

  it('gives each added risk a code of its own and refuses a name twice', () => {
    expect(ownRiskCode([{ code: 'illness' }, { code: 'local_1' }])).toBe('local_2')
    const values = { ...policyValues('risk_points', { items: [{ code: 'illness', name: '因病' }, { code: 'local_1', name: ' 因病' }] }), ...why }
    expect(checkPolicy('risk_points', values)).toHaveProperty(['value.items.1.name'])
  })
})

describe('a rule in words', () => {
  it('reads as a clerk reads it', () => {
    expect(valueLines('income_line', { yuan: '8500.00' })).toEqual(['每人每年 8,500.00 元'])
    expect(valueLines('risk_points', { items: [{ code: 'illness', name: '因病' }, { code: 'water', name: '饮水' }] })).toEqual(['因病、饮水'])
    expect(valueLines('time_limits', { home_verification: 2 })).toEqual(['入户核实 2 个工作日'])
  })
})
