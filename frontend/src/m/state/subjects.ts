import type { Kind } from '../core/kinds'
import { bareHousehold } from '../core/types'
import type { DraftSubject } from './draft'
import { findHousehold, village } from './packs'
import { records } from './queue'

/** What a record of this kind is about; null when the phone knows no such household. A household registered on this phone counts. */
export function subjectOf(kind: Kind, householdId: string): DraftSubject | null {
  const known = findHousehold(householdId)
  if (known) return { household: known.household, village_name: known.pack.village.name }
  const here = village.value?.village
  if (!here) return null
  if (kind === 'registration') return { household: bareHousehold(householdId, here.code), village_name: here.name }
  const registered = records.value.find((line) => line.kind === 'registration' && line.id === householdId && line.state !== 'draft')
  if (!registered?.content) return null
  const { household_name, group_name, village_name } = registered.content
  return { household: bareHousehold(householdId, here.code, { head_name: household_name, group_name }), village_name }
}
