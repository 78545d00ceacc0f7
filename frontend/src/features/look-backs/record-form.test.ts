import { describe, expect, it } from 'vitest'
import { payloadHash, type Json } from '@/shared/canonical'
import { checkRecord, emptyRecord, recordSealer, type RecordValues } from './record-form'

const NOW = Date.parse('2026-11-22T15:00:00+08:00')
const values = (changes: Partial<RecordValues> = {}): RecordValues => ({ ...emptyRecord('09:30'), day: '2026-11-20', ...changes })
const check = (changes: Partial<RecordValues>) => Object.keys(checkRecord(values(changes), '2026-11-01', NOW))

describe('a look-back recorded at the desk', () => {
  it('is stable unless something says otherwise', () => {
    expect(check({})).toEqual([])
    expect(recordSealer()(values(), NOW).body).toMatchObject({ outcome: 'ok', visited_at: '2026-11-20T09:30:00+08:00', form_version: 1 })
  })

  it.each([
    [{ day: '' }, 'visited_at'],
    [{ day: '2026-10-31' }, 'visited_at'],
    [{ day: '2026-11-22', time: '15:01' }, 'visited_at'],
    [{ time: '24:00' }, 'time'],
    [{ stable: false, incomeNote: ' ' }, 'findings.income_note'],
    [{ guarantees: { ...values().guarantees, water: false } }, 'findings.risks'],
  ] satisfies [Partial<RecordValues>, string][])('refuses %j at %s', (changes, field) => {
    expect(check(changes)).toEqual([field])
  })

  it('has a risk back when one is named', () => {
    const { body } = recordSealer()(values({ risks: ['local_1', 'illness'], incomeNote: '不该留下' }), NOW)
    expect(body).toMatchObject({ outcome: 'risk_returned', findings: { risks: ['illness', 'local_1'], income_note: '' } })
  })

  it('is hashed as the service hashes it', () => {
    const { payload_hash: hash, ...rest } = recordSealer()(values({ note: '一切正常' }), NOW).body
    expect(hash).toBe(payloadHash(rest as unknown as Json))
  })

  it('keeps id, clock and hash when the same is sent again, and is another record once it is changed', () => {
    const seal = recordSealer()
    const first = seal(values(), NOW)
    expect(seal(values(), NOW + 60_000)).toEqual(first)
    const other = seal(values({ note: '又问了一次' }), NOW + 60_000)
    expect(other.id).not.toBe(first.id)
    expect(other.body.payload_hash).not.toBe(first.body.payload_hash)
  })

  it('names its pictures with their hash', () => {
    const file = new File(['x'], 'a.png', { type: 'image/png' })
    const { body } = recordSealer()(values({ photos: [{ id: 'f1', name: 'a.png', sha256: 'ab', file }] }), NOW)
    expect(body.photos).toEqual([{ id: 'f1', kind: 'photo', sha256: 'ab', size: 1, media_type: 'image/png', file_name: 'a.png', taken_at: null, place: null }])
  })
})
