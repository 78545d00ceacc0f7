import { wellFormed } from './canonical'
import { shanghaiIso } from './clock'
import { type DeviceClock, GUARANTEES, type PackHousehold, type Place, RISKS, type Risk, type Guarantee, type VisitBody } from './types'

/** What the cadre fills in; kept as such in drafts. */
export interface VisitForm {
  /** ms */
  visited_at: number
  income_changed: boolean
  income_note: string
  guarantees_ok: Record<Guarantee, boolean>
  risks: Risk[]
  note: string
  location: Place | null
}

/** Characters the server takes. */
export const NOTE_LENGTH = 500

export type FormField = 'visited_at' | 'income_note' | 'note'
export type FormFault = 'visit_in_future' | 'visit_too_old' | 'income_note_missing' | 'guarantee_note_missing' | 'too_long'

/** The form as the register knows the household: an unchanged one needs nothing typed. */
export function prefilled(household: PackHousehold, now: number): VisitForm {
  const before = household.last_visit?.findings
  const assured = GUARANTEES.map((guarantee) => [guarantee, before?.guarantees_ok[guarantee] ?? true])
  return {
    visited_at: now,
    income_changed: false,
    income_note: '',
    guarantees_ok: Object.fromEntries(assured) as Record<Guarantee, boolean>,
    risks: RISKS.filter((risk) => household.risks.includes(risk)),
    note: '',
    location: null,
  }
}

export function openGuarantees(form: VisitForm): Guarantee[] {
  return GUARANTEES.filter((guarantee) => !form.guarantees_ok[guarantee])
}

/** Whether the form still says what the register said: the 一切正常 path. */
export function isUnchanged(form: VisitForm, household: PackHousehold): boolean {
  const before = prefilled(household, form.visited_at)
  return (
    !form.income_changed &&
    form.note.trim() === '' &&
    openGuarantees(form).join() === openGuarantees(before).join() &&
    [...form.risks].sort().join() === [...before.risks].sort().join()
  )
}

/**
 * What a person has to mend before the record is closed. A guarantee that newly fails needs a word on
 * what is wrong; one that was already open at the last visit may stay as it is.
 */
export function faults(form: VisitForm, household: PackHousehold, now: number): Partial<Record<FormField, FormFault>> {
  const found: Partial<Record<FormField, FormFault>> = {}
  if (form.visited_at > now + 60_000) found.visited_at = 'visit_in_future'
  if (form.visited_at < now - 366 * 86_400_000) found.visited_at = 'visit_too_old'
  if (form.income_changed && form.income_note.trim() === '') found.income_note = 'income_note_missing'
  const before = openGuarantees(prefilled(household, now))
  const fresh = openGuarantees(form).filter((guarantee) => !before.includes(guarantee))
  if (fresh.length > 0 && form.note.trim() === '') found.note = 'guarantee_note_missing'
  if (form.income_note.length > NOTE_LENGTH) found.income_note = 'too_long'
  if (form.note.length > NOTE_LENGTH) found.note = 'too_long'
  return found
}

/** The body to send, fixed from now on: the hash is made of exactly this. */
export function visitBody(form: VisitForm, householdId: string, clock: DeviceClock): VisitBody {
  return {
    household_id: householdId,
    visited_at: shanghaiIso(form.visited_at),
    device_clock: { ...clock },
    form_version: 1,
    findings: {
      income_changed: form.income_changed,
      income_note: form.income_changed ? wellFormed(form.income_note.trim()) : '',
      guarantees_ok: { ...form.guarantees_ok },
      risks: RISKS.filter((risk) => form.risks.includes(risk)),
      note: wellFormed(form.note.trim()),
    },
    location: form.location && {
      lat: Number(form.location.lat.toFixed(6)),
      lng: Number(form.location.lng.toFixed(6)),
      accuracy: Math.round(form.location.accuracy),
    },
  }
}

/** Back from a body to a form: to edit a record that the server sent back. */
export function formOf(body: VisitBody): VisitForm {
  return {
    visited_at: Date.parse(body.visited_at),
    ...body.findings,
    guarantees_ok: { ...body.findings.guarantees_ok },
    risks: [...body.findings.risks],
    location: body.location && { ...body.location },
  }
}
