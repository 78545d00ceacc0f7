/**
 * What the services send to the phone and take from it (GET /packs/{village_code}, PUT /{kind}s/{id}).
 * What is hashed is a type, not an interface: only a type can be read as plain JSON.
 */
import type { Json } from '@/shared/canonical'
import type { Names } from '@/shared/catalogue'

export const GUARANTEES = ['food', 'clothing', 'education', 'medical', 'dwelling', 'water'] as const
export type Guarantee = (typeof GUARANTEES)[number]

/** A code of the county's catalogue, which the pack brings: which there are is policy. */
export type Risk = string

export type Findings = {
  income_changed: boolean
  income_note: string
  guarantees_ok: Record<Guarantee, boolean>
  risks: Risk[]
  note: string
}

export type Place = {
  lat: number
  lng: number
  /** metres */
  accuracy: number
}

/** `signature`: drawn on the screen, a PNG. */
export type PhotoKind = 'photo' | 'signature'

/** One photo as its record names it; the bytes follow on their own, after the record's receipt. */
export type PhotoRef = {
  id: string
  kind: PhotoKind
  /** Hex SHA-256 of the bytes. */
  sha256: string
  /** bytes */
  size: number
  media_type: 'image/jpeg' | 'image/png'
  file_name: string
  /** ISO with offset, by the phone's clock. */
  taken_at: string
  place: Place | null
}

/** What every form has. */
export interface BaseForm {
  /** ms */
  visited_at: number
  location: Place | null
  photos: PhotoRef[]
}

export interface Member {
  id: string
  name: string
  relation: string
  sex: string
  birth_date: string
  id_number_masked: string | null
  phone_masked: string | null
  labour_ability: string
  health: string
  schooling: string
  employment: string
  is_head: boolean
}

export interface WireHousehold {
  id: string
  village_code: string
  group_name: string | null
  household_no: string
  head_name: string | null
  head_id_number_masked: string | null
  phone_masked: string | null
  people: number
  lifted: boolean
  monitored: boolean
  monitored_class: string | null
  risks: Risk[]
  address: string | null
  dwelling_grade: string | null
  water_supply: string | null
  members: Member[]
  last_visit: { visited_at: string; visitor_name: string; findings?: Findings } | null
  /** The latest year registered, yuan. */
  income?: YearIncome | null
  /** The open case, if there is one. */
  open_case?: OpenCase | null
  /** The look-back that has begun and is not done. */
  look_back?: { id: string; seq: number; due_on: string } | null
  /** The open round in which this household has not been seen. */
  sweep?: { id: string; title: string; ends_on: string } | null
}

/** Five amounts in yuan as the API writes them ("1234.50"); `business` is net and may be negative. */
export type Amounts = {
  wage: string
  business: string
  property: string
  transfer: string
  rigid_expense: string
}

export type YearIncome = Amounts & { year: number }

export interface OpenCase {
  id: string
  kind: 'identification' | 'elimination' | 'natural_elimination'
  state: string
  /** Last day of the step's time limit, 2026-11-22. */
  due_on: string
  difficulty: string
  risks: Risk[]
  /** The risks of the day when it was opened: a case keeps the words of its time. */
  risk_points?: { code: Risk; name: string }[]
  /** The months whose income counts. */
  window_from: string
  window_to: string
}

/** A household that can be named: without a head it goes by its number. */
export interface PackHousehold extends WireHousehold {
  group_name: string
  head_name: string
  /** Neither lifted nor monitored: only here to be swept. */
  bare?: boolean
}

export interface WirePack {
  village: { code: string; name: string; township_name: string }
  generated_at: string
  households: WireHousehold[]
  look_backs_due?: { id: string; household_id: string; seq: number; due_on: string }[]
  /** Open rounds: each names all households of the village, most of which are not among `households`. */
  sweeps?: WireSweep[]
  /** What classes and risks are called in the county. */
  words?: Names | null
  /** The village has more households than a pack holds. */
  truncated: boolean
}

export interface WireSweep {
  round_id: string
  title: string
  ends_on: string
  items: { household_id: string; household_no: string; group_name: string | null; head_name: string | null; done: boolean }[]
}

export interface Pack {
  village: WirePack['village']
  generated_at: string
  households: PackHousehold[]
  words: Names | null
  truncated: boolean
}

/** A household of which no more is known than a list needs. */
export function bareHousehold(id: string, villageCode: string, named: { head_name?: string | null; group_name?: string | null; household_no?: string } = {}): PackHousehold {
  return {
    id,
    village_code: villageCode,
    group_name: named.group_name ?? '',
    household_no: named.household_no ?? '',
    head_name: named.head_name ?? named.household_no ?? '',
    head_id_number_masked: null,
    phone_masked: null,
    people: 0,
    lifted: false,
    monitored: false,
    monitored_class: null,
    risks: [],
    address: null,
    dwelling_grade: null,
    water_supply: null,
    members: [],
    last_visit: null,
    bare: true,
  }
}

/** The pack as the phone keeps it: each household with what is due at it. */
export function toPack({ village, generated_at, households, look_backs_due = [], sweeps = [], words = null, truncated }: WirePack): Pack {
  const known = new Map<string, PackHousehold>()
  for (const each of households) known.set(each.id, { ...each, head_name: each.head_name ?? each.household_no, group_name: each.group_name ?? '' })
  for (const { id, household_id, seq, due_on } of look_backs_due) {
    const household = known.get(household_id)
    if (household) household.look_back ??= { id, seq, due_on }
  }
  // Soonest to end first, so that a household in two rounds is swept for that one.
  for (const { round_id, title, ends_on, items } of [...sweeps].sort((a, b) => a.ends_on.localeCompare(b.ends_on))) {
    for (const item of items) {
      if (item.done) continue
      const household = known.get(item.household_id) ?? bareHousehold(item.household_id, village.code, item)
      household.sweep ??= { id: round_id, title, ends_on }
      known.set(item.household_id, household)
    }
  }
  return { village, generated_at, households: [...known.values()], words, truncated }
}

export type DeviceClock = {
  /** Device time when the record was closed, ISO with offset. */
  sent_at: string
  /** Server time minus device time at their last contact; 0 when they never met. */
  offset_ms: number
  /** Since that contact, by a clock that nobody can set; null when this page was opened after it. */
  elapsed_ms: number | null
}

/** What the bodies of all kinds of record begin with. */
export type RecordBody = { [field: string]: Json }

/** The body of PUT /visits/{id} without its hash: written once when the record is closed, never again. */
export type VisitBody = {
  household_id: string
  visited_at: string
  device_clock: DeviceClock
  form_version: 2
  findings: Findings
  location: Place | null
  photos: PhotoRef[]
}
