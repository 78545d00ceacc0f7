// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '@/shared/canonical'
import { someHousehold } from '../testing'
import { faults, type FormFault, type FormField, formOf, isUnchanged, prefilled, visitBody, type VisitForm } from './visit'

const NOW = Date.parse('2026-11-22T10:00:00+08:00')
const clock = { sent_at: '2026-11-22T10:05:00+08:00', offset_ms: -1200, elapsed_ms: null }
const household = someHousehold({ risks: ['illness'], monitored: true })

function form(more: Partial<VisitForm> = {}): VisitForm {
  return { ...prefilled(household, NOW), ...more }
}
const noWater = { ...form().guarantees_ok, water: false }

describe('prefilled', () => {
  it('says of an unchanged household what the register says, with nothing left to mend', () => {
    const fresh = form()
    expect(fresh.risks).toEqual(['illness'])
    expect(isUnchanged(fresh, household)).toBe(true)
    expect(faults(fresh, household, NOW)).toEqual({})
  })

  it('keeps a risk that only the county knows', () => {
    const frost = someHousehold({ risks: ['local_frost'], monitored: true })
    const fresh = prefilled(frost, NOW)
    expect(visitBody(fresh, frost.id, clock).findings.risks).toEqual(['local_frost'])
    expect(isUnchanged(fresh, frost)).toBe(true)
  })

  it('keeps a guarantee open that was open at the last visit', () => {
    const findings = { income_changed: true, income_note: 'x', guarantees_ok: noWater, risks: [], note: '水管坏了' }
    const known = someHousehold({ last_visit: { visited_at: '2026-10-01T09:00:00+08:00', visitor_name: '王建国', findings } })
    const fresh = prefilled(known, NOW)
    expect(fresh.guarantees_ok.water).toBe(false)
    expect(fresh.income_changed).toBe(false)
    expect(faults(fresh, known, NOW)).toEqual({})
    expect(isUnchanged(fresh, known)).toBe(true)
  })
})

describe('faults', () => {
  const table: [what: string, more: Partial<VisitForm>, field: FormField, fault: FormFault | undefined][] = [
    ['a visit now', { visited_at: NOW }, 'visited_at', undefined],
    ['a visit tomorrow', { visited_at: NOW + 86_400_000 }, 'visited_at', 'visit_in_future'],
    ['a visit two years ago', { visited_at: NOW - 2 * 366 * 86_400_000 }, 'visited_at', 'visit_too_old'],
    ['income changed without a word', { income_changed: true, income_note: ' ' }, 'income_note', 'income_note_missing'],
    ['income changed, with one', { income_changed: true, income_note: '少了' }, 'income_note', undefined],
    ['no water without a word', { guarantees_ok: noWater }, 'note', 'guarantee_note_missing'],
    ['no water, with one', { guarantees_ok: noWater, note: '水管坏了' }, 'note', undefined],
    ['a note too long', { note: '字'.repeat(501) }, 'note', 'too_long'],
  ]
  it.each(table)('%s', (_what, more, field, fault) => {
    expect(faults(form(more), household, NOW)[field]).toBe(fault)
  })
})

describe('visitBody', () => {
  it('is the same text whenever it is made of the same form', () => {
    const one = visitBody(form({ risks: ['water', 'illness'] }), household.id, clock)
    const other = visitBody(form({ risks: ['illness', 'water'] }), household.id, clock)
    expect(canonicalJson(one)).toBe(canonicalJson(other))
  })

  it('tells the time in Shanghai whatever the zone of the phone', () => {
    expect(visitBody(form(), household.id, clock).visited_at).toBe('2026-11-22T10:00:00+08:00')
  })

  it('drops the income note of an unchanged income and trims the rest', () => {
    const body = visitBody(form({ income_note: '旧话', note: '  好 ' }), household.id, clock)
    expect(body.findings).toMatchObject({ income_note: '', note: '好' })
  })

  it('keeps a place to about ten centimetres and its accuracy to a metre', () => {
    const body = visitBody(form({ location: { lat: 26.0289131234, lng: 113.23, accuracy: 17.6 } }), household.id, clock)
    expect(body.location).toEqual({ lat: 26.028913, lng: 113.23, accuracy: 18 })
  })

  it('comes back as the form that it was made of', () => {
    const original = form({ income_changed: true, income_note: '少了', note: '好' })
    expect(formOf(visitBody(original, household.id, clock))).toEqual(original)
  })
})
