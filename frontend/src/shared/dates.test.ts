import { describe, expect, it } from 'vitest'
import { ageOn, formatDate, formatDateLong, formatDateTime, parseTypedDate } from './dates'

describe('dates', () => {
  it('are those of Asia/Shanghai, wherever the computer stands', () => {
    expect(formatDateTime('2026-11-21T23:30:00Z')).toBe('2026-11-22 07:30')
    expect(formatDate('2026-11-21T23:30:00Z')).toBe('2026-11-22')
    expect(formatDateTime('2026-11-22T00:05:00+08:00')).toBe('2026-11-22 00:05')
  })

  it('stay the day they are when they carry no time', () => {
    expect(formatDate('2026-01-01')).toBe('2026-01-01')
    expect(formatDateLong('2026-01-02')).toBe('2026年1月2日')
  })

  it('show a dash when absent or spoiled', () => {
    expect(formatDate(null)).toBe('—')
    expect(formatDateTime('soon')).toBe('—')
  })

  it('give the age in whole years', () => {
    expect(ageOn('1958-11-22', '2026-11-22')).toBe(68)
    expect(ageOn('1958-11-23', '2026-11-22')).toBe(67)
    expect(ageOn('unknown', '2026-11-22')).toBeNull()
  })

  it.each(['2026-11-22', '20261122', '2026.11.22', '2026/11/22', '2026年11月22日', ' 2026-11-22 '])('understand %s as typed', (text) => {
    expect(parseTypedDate(text)).toBe('2026-11-22')
  })

  it.each(['', '2026-02-30', '22-11-2026', '2026-13-01', '明天'])('do not guess at %s', (text) => {
    expect(parseTypedDate(text)).toBeNull()
  })
})
