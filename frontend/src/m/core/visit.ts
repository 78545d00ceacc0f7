import { wellFormed } from '@/shared/canonical'
import { commonBody, commonForm, NOTE_LENGTH, timeFault, type TimeFault } from './form'
import { type BaseForm, type DeviceClock, type Findings, GUARANTEES, type PackHousehold, type Risk, type Guarantee, type RecordBody, type VisitBody } from './types'

/** What the cadre fills in; kept as such in drafts. */
export interface VisitForm extends BaseForm {
  income_changed: boolean
  income_note: string
  guarantees_ok: Record<Guarantee, boolean>
  risks: Risk[]
  note: string
}

export type FormField = 'visited_at' | 'income_note' | 'note'
export type FormFault = TimeFault | 'income_note_missing' | 'guarantee_note_missing' | 'too_long'

/** The form as the register knows the household: an unchanged one needs nothing typed. */
export function prefilled(household: PackHousehold, now: number): VisitForm {
  const before = household.last_visit?.findings
  const assured = GUARANTEES.map((guarantee) => [guarantee, before?.guarantees_ok[guarantee] ?? true])
  return {
    visited_at: now,
    income_changed: false,
    income_note: '',
    guarantees_ok: Object.fromEntries(assured) as Record<Guarantee, boolean>,
    risks: [...household.risks],
    note: '',
    location: null,
    photos: [],
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
  const when = timeFault(form.visited_at, now)
  if (when) found.visited_at = when
  if (form.income_changed && form.income_note.trim() === '') found.income_note = 'income_note_missing'
  const before = openGuarantees(prefilled(household, now))
  const fresh = openGuarantees(form).filter((guarantee) => !before.includes(guarantee))
  if (fresh.length > 0 && form.note.trim() === '') found.note = 'guarantee_note_missing'
  if (form.income_note.length > NOTE_LENGTH) found.income_note = 'too_long'
  if (form.note.length > NOTE_LENGTH) found.note = 'too_long'
  return found
}

export function findingsOf(form: VisitForm): Findings {
  return {
    income_changed: form.income_changed,
    income_note: form.income_changed ? wellFormed(form.income_note.trim()) : '',
    guarantees_ok: { ...form.guarantees_ok },
    risks: [...form.risks].sort(),
    note: wellFormed(form.note.trim()),
  }
}

/** The body to send, fixed from now on: the hash is made of exactly this. */
export function visitBody(form: VisitForm, householdId: string, clock: DeviceClock): VisitBody {
  return { household_id: householdId, form_version: 2, findings: findingsOf(form), ...commonBody(form, clock) }
}

/** Back from a body to a form: to edit a record that the server sent back. */
export function formOf(body: RecordBody): VisitForm {
  const { guarantees_ok, risks, ...rest } = body.findings as Findings
  return { ...commonForm(body), ...rest, guarantees_ok: { ...guarantees_ok }, risks: [...risks] }
}
