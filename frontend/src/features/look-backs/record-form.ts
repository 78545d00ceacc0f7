/** A look-back recorded at the desk: what is typed, its checks, and the record as a phone would send it. */
import type { LookBackUpload } from '@/api/types'
import { canonicalJson, payloadHash, wellFormed, type Json } from '@/shared/canonical'
import { today } from '@/shared/dates'
import { described, type ChosenFile } from '@/shared/files'
import type { Messages } from '@/shared/form'
import { phrases } from '@/shared/i18n'
import { uuid7 } from '@/shared/ids'

export const GUARANTEES = ['food', 'clothing', 'education', 'medical', 'dwelling', 'water'] as const
const FORM_VERSION = 1

const t = phrases({
  day: ['请填写入户日期', 'Enter the date'],
  later: ['入户时间不能是以后', 'The visit cannot be in the future'],
  early: ['入户日期不能早于可开始的 {from}', 'Not before {from}'],
  time: ['请填写入户时间，例如 09:30', 'Enter the time, such as 09:30'],
  income: ['收入不稳定的，请写明情况', 'Say what is not stable'],
  risk: ['有不稳定的情况，请选出复发的风险', 'Choose the risk that has come back'],
})

export interface RecordValues {
  day: string
  time: string
  stable: boolean
  incomeNote: string
  guarantees: Record<(typeof GUARANTEES)[number], boolean>
  risks: string[]
  note: string
  photos: ChosenFile[]
}

export function emptyRecord(time: string): RecordValues {
  const guarantees = Object.fromEntries(GUARANTEES.map((name) => [name, true])) as RecordValues['guarantees']
  return { day: today(), time, stable: true, incomeNote: '', guarantees, risks: [], note: '', photos: [] }
}

/** A risk is back when one is named, or when something that was safe no longer is. */
export function returned(v: RecordValues): boolean {
  return v.risks.length > 0 || GUARANTEES.some((name) => !v.guarantees[name])
}

function instant(v: RecordValues): string {
  return `${v.day}T${v.time}:00+08:00`
}

export function checkRecord(v: RecordValues, opensOn: string, now: number): Messages {
  const errors: Messages = {}
  if (!v.day) errors.visited_at = t('day')
  else if (v.day < opensOn) errors.visited_at = t('early', { from: opensOn })
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(v.time)) errors.time = t('time')
  else if (v.day && Date.parse(instant(v)) > now) errors.visited_at = t('later')
  if (!v.stable && !v.incomeNote.trim()) errors['findings.income_note'] = t('income')
  if (returned(v) && !v.risks.length) errors['findings.risks'] = t('risk')
  return errors
}

/** What was found, without what says when and how it was sent. */
function content(v: RecordValues) {
  return {
    visited_at: instant(v),
    form_version: FORM_VERSION,
    outcome: returned(v) ? ('risk_returned' as const) : ('ok' as const),
    findings: {
      income_stable: v.stable,
      income_note: v.stable ? '' : wellFormed(v.incomeNote.trim()),
      guarantees_ok: { ...v.guarantees },
      risks: [...v.risks].sort(),
      note: wellFormed(v.note.trim()),
    },
    location: null,
    photos: v.photos.map((chosen) => ({ id: chosen.id, ...described(chosen, 'photo') })),
  }
}

export interface SealedRecord {
  id: string
  body: LookBackUpload
}

/**
 * Closes records under an id and a hash. The same content keeps both, so that sending it again after a lost answer
 * gets the same receipt; content that was changed in between is another record.
 */
export function recordSealer(): (values: RecordValues, now: number) => SealedRecord {
  let last: { text: string; record: SealedRecord } | null = null
  return (values, now) => {
    const found = content(values)
    const text = canonicalJson(found as unknown as Json)
    if (last?.text === text) return last.record
    const body = { ...found, device_clock: { sent_at: new Date(now).toISOString(), offset_ms: 0 } }
    last = { text, record: { id: uuid7(), body: { ...body, payload_hash: payloadHash(body as unknown as Json) } } }
    return last.record
  }
}
