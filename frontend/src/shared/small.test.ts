import { afterEach, describe, expect, it } from 'vitest'
import { changed, merge } from './conflict'
import { isUsername, newPasswordProblem } from './credentials'
import { phrases, setLanguage, vocabulary } from './i18n'
import { birthOf, isIdNumber, sexOf } from './id-number'
import { uuid7 } from './ids'
import { countyOf, levelOf, within } from './regions'

afterEach(() => setLanguage('zh'))

describe('phrases', () => {
  const t = phrases({ count: ['共 {n} 户', '{n} households'], save: ['保存', 'Save'] })

  it('fill in their parameters and follow the language', () => {
    expect(t('count', { n: 3 })).toBe('共 3 户')
    setLanguage('en')
    expect(t('count', { n: 3 })).toBe('3 households')
    expect(t('save')).toBe('Save')
  })

  it('show a code that is newer than the page as it is', () => {
    const kind = vocabulary({ lifted: ['脱贫户', 'Lifted'] })
    expect(kind.label('lifted')).toBe('脱贫户')
    expect(kind.label('brand_new')).toBe('brand_new')
    expect(kind.label(null)).toBe('')
    expect(kind.known('brand_new')).toBeUndefined()
  })
})

describe('identity numbers', () => {
  it('pass only with their check digit', () => {
    expect(isIdNumber('11010519491231002X')).toBe(true)
    expect(isIdNumber('110105194912310021')).toBe(false)
    expect(isIdNumber('11010519490230002X')).toBe(false)
    expect(isIdNumber('11010519491231002x')).toBe(false)
  })

  it('say birth and sex', () => {
    expect(birthOf('11010519491231002X')).toBe('1949-12-31')
    expect(sexOf('11010519491231002X')).toBe('female')
  })
})

describe('identifiers', () => {
  it('are version 7 and ordered by the clock', () => {
    const first = uuid7(1_700_000_000_000)
    const second = uuid7(1_700_000_000_001)
    expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(first < second).toBe(true)
  })
})

describe('regions', () => {
  it('are known by the length of their code', () => {
    expect([levelOf(''), levelOf('43'), levelOf('431081106'), levelOf('1')]).toEqual(['nation', 'province', 'township', null])
    expect(countyOf('431081106217')).toBe('431081')
    expect(within('431081', '431081106')).toBe(true)
    expect(within('', '43')).toBe(true)
    expect(within('431081106', '431081')).toBe(false)
  })
})

describe('two people at one record', () => {
  const base = { address: '一组', group: '第一组', lifted: false }

  it('merge by themselves when they changed different fields', () => {
    const { merged, overlapping } = merge(base, { ...base, address: '二组' }, { ...base, lifted: true })
    expect(merged).toEqual({ address: '二组', group: '第一组', lifted: true })
    expect(overlapping).toEqual([])
  })

  it('go to a human when they changed one field differently', () => {
    const { merged, overlapping } = merge(base, { ...base, address: '二组' }, { ...base, address: '三组' })
    expect(overlapping).toEqual(['address'])
    expect(merged.address).toBe('二组')
  })

  it('agree when both wrote the same', () => {
    expect(merge(base, { ...base, address: '二组' }, { ...base, address: '二组' }).overlapping).toEqual([])
  })

  it('send only what differs', () => {
    expect(changed(base, { ...base, lifted: true })).toEqual({ lifted: true })
  })
})

describe('credentials', () => {
  it.each([
    ['abc1', true],
    ['abcdefgh', true],
    ['12345678', true],
    ['zhangsan99', true],
    ['mima2026x', false],
  ])('judges %s', (password, bad) => {
    expect(newPasswordProblem(password, 'zhangsan') !== null).toBe(bad)
  })

  it('knows a user name', () => {
    expect([isUsername('zhang.san'), isUsername('Zhang'), isUsername('z'), isUsername('.zhang')]).toEqual([true, false, false, false])
  })
})
