/** Choosing between two records of one person, field by field. */
import type { Duplicate, DuplicateRecord, MergeInput } from '@/api/types'

export type Side = 'first' | 'second'

/** Fields that can be chosen; identity number, sex and birth date belong together. */
export const CHOOSABLE = ['name', 'identity', 'phone', 'labour_ability', 'health', 'education', 'schooling', 'employment', 'insured'] as const
export type Choosable = (typeof CHOOSABLE)[number]

const COLUMNS: Record<Choosable, readonly (keyof DuplicateRecord)[]> = {
  name: ['name'],
  identity: ['id_number_masked', 'sex', 'birth_date'],
  phone: ['phone_masked'],
  labour_ability: ['labour_ability'],
  health: ['health'],
  education: ['education'],
  schooling: ['schooling'],
  employment: ['employment'],
  insured: ['insured'],
}

function sent(field: Choosable): readonly string[] {
  return field === 'identity' ? ['id_number', 'sex', 'birth_date'] : [field]
}

export interface MergeValues {
  kept: Side
  /** Only what differs from the side that is kept. */
  choices: Partial<Record<Choosable, Side>>
  whole_household: boolean
  new_head: string
  reason: string
}

export function columnsOf(field: Choosable): readonly (keyof DuplicateRecord)[] {
  return COLUMNS[field]
}

/** Whether the two records say different things; two masked numbers can look alike and differ. */
export function differs(pair: Duplicate, field: Choosable): boolean {
  const second = pair.second
  if (!second) return false
  if (field === 'identity' && !pair.same_id_number && pair.first.id_number_masked && second.id_number_masked) return true
  return COLUMNS[field].some((column) => pair.first[column] !== second[column])
}

/** The side that each field is taken from. */
export function sideOf(values: MergeValues, field: Choosable): Side {
  return values.choices[field] ?? values.kept
}

/** A better first guess: keep the earlier record, and take over what only the other one has. */
export function suggested(pair: Duplicate): MergeValues {
  const second = pair.second
  const kept: Side = second && second.monitored !== pair.first.monitored ? (second.monitored ? 'second' : 'first') : second && second.registered_at < pair.first.registered_at ? 'second' : 'first'
  const other: Side = kept === 'first' ? 'second' : 'first'
  const choices: MergeValues['choices'] = {}
  if (!pair[kept]?.phone_masked && pair[other]?.phone_masked) choices.phone = other
  if (!pair[kept]?.id_number_masked && pair[other]?.id_number_masked) choices.identity = other
  return { kept, choices, whole_household: pair.other_pairs > 0, new_head: '', reason: '' }
}

export function mergeBody(pair: Duplicate, values: MergeValues): MergeInput | null {
  const second = pair.second
  if (!second) return null
  const ids = { first: pair.first.id, second: second.id }
  const choices = Object.fromEntries(CHOOSABLE.flatMap((field) => sent(field).map((name) => [name, ids[sideOf(values, field)]])))
  return {
    kept_id: ids[values.kept],
    choices,
    versions: { [pair.first.id]: pair.first.version, [second.id]: second.version },
    whole_household: values.whole_household,
    new_head: values.new_head ? { member_id: values.new_head, relations: {} } : null,
    reason: values.reason.trim(),
  }
}
