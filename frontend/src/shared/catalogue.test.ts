import { afterEach, describe, expect, it } from 'vitest'
import { adoptNames } from './catalogue'
import { language } from './i18n'
import { monitoredClass, risk } from './terms'

const NAMES = {
  profile_name: '常态化帮扶',
  object_name: '防止返贫致贫对象',
  fund_name: '常态化帮扶资金',
  income_line: '8500.00',
  classes: [{ code: 'marginal', name: '易致贫对象', in_use: true }],
  risks: [{ code: 'illness', name: '大病', in_use: true }, { code: 'local_1', name: '因冻灾', in_use: true }, { code: 'water', name: '饮水', in_use: false }],
}

afterEach(() => {
  adoptNames(null)
  language.value = 'zh'
})

describe('names that policy gives', () => {
  it('come before those of the glossary', () => {
    expect(monitoredClass.label('marginal')).toBe('边缘易致贫户')
    adoptNames(NAMES)
    expect(monitoredClass.label('marginal')).toBe('易致贫对象')
    expect(risk.label('local_1')).toBe('因冻灾')
  })

  it('offer only what is in use, and still name what was', () => {
    adoptNames(NAMES)
    expect(risk.options().map((option) => option.value)).toEqual(['illness', 'local_1'])
    expect(risk.label('water')).toBe('饮水')
  })

  it('leave English to the glossary, and what only the county knows to the county', () => {
    adoptNames(NAMES)
    language.value = 'en'
    expect(monitoredClass.label('marginal')).toBe('Marginal')
    expect(risk.label('local_1')).toBe('因冻灾')
  })
})
