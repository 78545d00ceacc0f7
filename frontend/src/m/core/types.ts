/**
 * What the services send to the phone and take from it (GET /packs/{village_code}, PUT /visits/{id}).
 * What is hashed is a type, not an interface: only a type can be read as plain JSON.
 */

export const GUARANTEES = ['food', 'clothing', 'education', 'medical', 'dwelling', 'water'] as const
export type Guarantee = (typeof GUARANTEES)[number]

export const RISKS = [
  'illness',
  'disability',
  'schooling',
  'disaster',
  'accident',
  'business_failure',
  'unstable_job',
  'dwelling',
  'water',
] as const
export type Risk = (typeof RISKS)[number]

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
}

/** A household that can be named: without a head it goes by its number. */
export interface PackHousehold extends WireHousehold {
  group_name: string
  head_name: string
}

export interface WirePack {
  village: { code: string; name: string; township_name: string }
  generated_at: string
  households: WireHousehold[]
  /** The village has more households than a pack holds. */
  truncated: boolean
}

export interface Pack extends WirePack {
  households: PackHousehold[]
}

export function toPack(wire: WirePack): Pack {
  const households = wire.households.map((each) => ({
    ...each,
    head_name: each.head_name ?? each.household_no,
    group_name: each.group_name ?? '',
  }))
  return { ...wire, households }
}

export type DeviceClock = {
  /** Device time when the record was closed, ISO with offset. */
  sent_at: string
  /** Server time minus device time at their last contact; 0 when they never met. */
  offset_ms: number
}

/** The body of PUT /visits/{id} without its hash: written once when the record is closed, never again. */
export type VisitBody = {
  household_id: string
  visited_at: string
  device_clock: DeviceClock
  form_version: 1
  findings: Findings
  location: Place | null
}
