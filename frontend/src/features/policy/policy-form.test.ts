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

describe('a package', () => {
  const entry = { type: 'health', title: '大病救治', department: '卫生健康局' }
  const backstop = { type: 'social_security', title: '低保', department: '民政局' }
  const packages = { illness: [entry], no_labour: [backstop] }

  it('stands for every risk that the county watches, and for want of labour', () => {
    const values = policyValues('assistance_packages', { packages }, ['local_1', 'illness'])
    expect(Object.keys(values.packages)).toEqual(['local_1', 'illness', 'no_labour'])
    values.packages.local_1?.push({ type: 'industry', title: ' 补种 ', department: '农业农村局' })
    expect(checkPolicy('assistance_packages', { ...values, ...why })).toEqual({})
    expect(policyBody('assistance_packages', values)).toEqual({
      key: 'assistance_packages',
      packages: { local_1: [{ type: 'industry', title: '补种', department: '农业农村局' }], illness: [entry], no_labour: [backstop] },
    })
  })

  it('names type, measure and department, each measure once', () => {
    const values = { ...policyValues('assistance_packages', { packages: { ...packages, illness: [entry, { ...entry }, { type: '', title: '', department: ' ' }] } }), ...why }
    expect(Object.keys(checkPolicy('assistance_packages', values))).toEqual([1, 2, 2, 2].map((index, n) => `value.packages.illness.${index}.${['title', 'type', 'title', 'department'][n]}`))
  })

  it('never leaves a household without labour without a backstop', () => {
    const values = { ...policyValues('assistance_packages', { packages: { ...packages, no_labour: [entry] } }), ...why }
    expect(Object.keys(checkPolicy('assistance_packages', values))).toEqual(['value.packages.no_labour'])
  })

  it('leaves the rule as it stands untouched while one types', () => {
    const values = policyValues('assistance_packages', { packages })
    values.packages.illness?.splice(0)
    expect(packages.illness).toHaveLength(1)
  })
})

describe('terms of plans, look-backs and sweeps', () => {
  it.each([
    ['assistance_plan', { working_days: 10 }, { working_days: '61' }],
    ['sweep', { rounds_per_year: 2, issue_working_days: 20 }, { issue_working_days: '0' }],
    ['look_back', { quarters: 4, months: 3 }, { months: '13' }],
  ] as const)('%s is sent whole and within its bounds', (key, stored, wrong) => {
    const values = { ...policyValues(key, stored), ...why }
    expect(checkPolicy(key, values)).toEqual({})
    expect(policyBody(key, values)).toEqual({ key, ...stored })
    const numbers = { ...values.numbers, ...wrong }
    expect(Object.keys(checkPolicy(key, { ...values, numbers }))).toEqual(Object.keys(wrong).map((field) => `value.${field}`))
  })
})

describe('a rule in words', () => {
  it('reads as a clerk reads it', () => {
    expect(valueLines('income_line', { yuan: '8500.00' })).toEqual(['每人每年 8,500.00 元'])
    expect(valueLines('risk_points', { items: [{ code: 'illness', name: '因病' }, { code: 'water', name: '饮水' }] })).toEqual(['因病、饮水'])
    expect(valueLines('time_limits', { home_verification: 2 })).toEqual(['入户核实 2 个工作日'])
    expect(valueLines('assistance_packages', { packages: { illness: [{ type: 'health', title: '大病救治', department: '卫生健康局' }], no_labour: [] } })).toEqual(['因病：大病救治（卫生健康局）', '无劳动力家庭：没有建议的措施'])
    expect(valueLines('sweep', { rounds_per_year: 2, issue_working_days: 20 })).toEqual(['每年不少于 2 轮', '发现的问题 20 个工作日内整改销号'])
  })
})
