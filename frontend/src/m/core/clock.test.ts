// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { clockOffset, daysBetween, fromInputTime, shanghaiIso, toInputTime } from './clock'

const at = Date.parse('2026-11-22T16:30:00Z')

describe('clock', () => {
  it('measures a phone that is two days ahead', () => {
    const ahead = Date.parse('2026-11-24T02:00:00Z')
    expect(clockOffset('Sun, 22 Nov 2026 02:00:00 GMT', ahead - 400, ahead + 400)).toBe(-2 * 86_400_000 + 500)
  })

  it.each([null, '', 'yesterday'])('knows nothing from %o', (header) => {
    expect(clockOffset(header, 0, 0)).toBeNull()
  })

  it('writes and reads the time in Shanghai', () => {
    expect(shanghaiIso(at)).toBe('2026-11-23T00:30:00+08:00')
    expect(toInputTime(at)).toBe('2026-11-23T00:30')
    expect(fromInputTime('2026-11-23T00:30')).toBe(at)
    expect(fromInputTime('')).toBeNull()
  })

  it('counts days by the calendar, not by 24 hours', () => {
    expect(daysBetween(Date.parse('2026-11-21T23:59:00+08:00'), Date.parse('2026-11-22T00:01:00+08:00'))).toBe(1)
  })
})
