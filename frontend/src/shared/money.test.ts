import { describe, expect, it } from 'vitest'
import { exactWan, formatWan, formatYuan, fromYuan, parseTyped, sum, toYuan, wanOf } from './money'

describe('yuan strings of the API', () => {
  it.each([
    ['0', 0n],
    ['0.01', 1n],
    ['1234.5', 123450n],
    ['1234.50', 123450n],
    ['-0.05', -5n],
    ['999999999999999.99', 99999999999999999n],
  ])('reads %s to the fen', (text, fen) => {
    expect(fromYuan(text)).toBe(fen)
  })

  it.each(['', '1.234', '1e3', '1,234.00', ' 1', 'NaN', '.5'])('refuses %s rather than guess', (text) => {
    expect(() => fromYuan(text)).toThrow(RangeError)
  })

  it('writes what it reads, however large', () => {
    for (const text of ['0.00', '0.01', '-12.30', '100000000000000.07']) expect(toYuan(fromYuan(text))).toBe(text)
  })
})

describe('what people see', () => {
  it('shows 万元 with two decimals, rounded half away from zero', () => {
    expect(formatWan(fromYuan('38600000'))).toBe('3,860.00')
    expect(formatWan(fromYuan('50'))).toBe('0.01')
    expect(formatWan(fromYuan('49.99'))).toBe('0.00')
    expect(formatWan(fromYuan('-50'))).toBe('-0.01')
    expect(formatWan(fromYuan('-1'))).toBe('0.00')
  })

  it('shows exact yuan in groups of three', () => {
    expect(formatYuan(fromYuan('1365500.05'))).toBe('1,365,500.05')
    expect(formatYuan(fromYuan('-999.9'))).toBe('-999.90')
  })

  it('shows a dash for an amount that is absent', () => {
    expect(wanOf(null)).toBe('—')
    expect(wanOf('10000')).toBe('1.00')
  })
})

describe('what people type', () => {
  it('takes 万元 to the fen and gives it back unrounded', () => {
    const fen = parseTyped('1,234.567891', 'wan')
    expect(fen).toBe(1234567891n)
    expect(exactWan(fen!)).toBe('1234.567891')
  })

  it('accepts a full-width comma and spaces', () => {
    expect(parseTyped(' 1\uff0c234.5 ', 'yuan')).toBe(123450n)
  })

  it.each([
    ['0.0000001', 'wan'],
    ['0.001', 'yuan'],
    ['-5', 'yuan'],
    ['五万', 'wan'],
    ['', 'wan'],
    ['1.2.3', 'wan'],
  ] as const)('does not round or guess %s in %s', (text, unit) => {
    expect(parseTyped(text, unit)).toBeNull()
  })

  it('takes a loss only where one may be', () => {
    expect(parseTyped('-120.5', 'yuan', true)).toBe(-12050n)
  })

  it('adds without floating point', () => {
    expect(sum([fromYuan('0.1'), fromYuan('0.2')])).toBe(fromYuan('0.3'))
  })
})
