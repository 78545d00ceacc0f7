/** What all forms share. */
import type { Component } from 'vue'
import { shanghaiIso } from './clock'
import type { Kind } from './kinds'
import type { BaseForm, DeviceClock, PackHousehold, PhotoRef, Place, RecordBody } from './types'

/** Characters the server takes in a note. */
export const NOTE_LENGTH = 500
const YEAR_MS = 366 * 86_400_000

/** Sentences by field: what a person has to mend, said at the top and beside the field in the same words. */
export type Faults = Partial<Record<string, string>>

export type Line = [name: string, value: string]

/**
 * One kind of form. `ask` is there for a form that is mostly unchanged: one tap then confirms what is known.
 * Methods, not properties: a definition of one form is then one of any form.
 */
export interface FormDefinition<F extends BaseForm = BaseForm> {
  kind: Kind
  title(): string
  ask?: { question(): string; known(household: PackHousehold): string[]; unchanged(): string; changed(): string }
  prefilled(household: PackHousehold, now: number): F
  faults(form: F, household: PackHousehold, now: number): Faults
  body(form: F, household: PackHousehold, clock: DeviceClock): RecordBody
  /** Back from a body, the server's or our own, to a form. */
  formOf(body: RecordBody): F
  /** What was written, to be read once more; without a household the comparison is left out. */
  lines(form: F, household?: PackHousehold): Line[]
  /** What the record answers: the id of the look-back or of the round. */
  taskOf?(household: PackHousehold): string
  /** Where the server shows what it holds under a record's id, and that as a body, out of what it shows. */
  theirs(id: string, task: string, householdId: string): { path: string; read(json: unknown): RecordBody | null }
  /** Another way out of a conflict than sending the same under a new id. */
  insteadOfBoth?: { label(): string; body(body: RecordBody): RecordBody }
  /** Whom the record is about, where it is not a household that is known. */
  nameOf?(form: F): string
  fields: Component
}

/** The fields that every body carries. */
export function commonBody(form: BaseForm, clock: DeviceClock): { visited_at: string; device_clock: DeviceClock; location: Place | null; photos: PhotoRef[] } {
  return {
    visited_at: shanghaiIso(form.visited_at),
    device_clock: { ...clock },
    location: form.location && roundedPlace(form.location),
    photos: form.photos.map((photo) => ({ ...photo, place: photo.place && roundedPlace(photo.place) })),
  }
}

/** The usual place to look: the record's own door. */
export function ownDoor(path: string): { path: string; read(json: unknown): RecordBody | null } {
  return { path, read: (json) => json as RecordBody }
}

/** Degrees to 0.1 m and whole metres: numbers that both sides write alike. */
export function roundedPlace({ lat, lng, accuracy }: Place): Place {
  return { lat: Number(lat.toFixed(6)), lng: Number(lng.toFixed(6)), accuracy: Math.round(accuracy) }
}

/** The common fields of a form out of a body. */
export function commonForm(body: RecordBody): BaseForm {
  return {
    visited_at: Date.parse(String(body.visited_at)),
    location: (body.location ?? null) as Place | null,
    photos: (body.photos ?? []) as PhotoRef[],
  }
}

export type TimeFault = 'visit_in_future' | 'visit_too_old'

export function timeFault(at: number, now: number): TimeFault | null {
  if (at > now + 60_000) return 'visit_in_future'
  return at < now - YEAR_MS ? 'visit_too_old' : null
}
