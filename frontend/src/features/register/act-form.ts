/** What a clerk types about an act, its checks, and the request it becomes. */
import type { ActInput, Household, Member } from '@/api/types'
import { checkMember, emptyMember, memberBody, type MemberValues } from '@/features/households/household-form'
import { today } from '@/shared/dates'
import type { Messages } from '@/shared/form'
import { phrases } from '@/shared/i18n'
import { uuid7 } from '@/shared/ids'

export const KINDS = ['birth', 'move_in', 'death', 'head_change', 'split', 'merge', 'transfer', 'move_village', 'move_out', 'declare_move', 'close'] as const
export type Kind = (typeof KINDS)[number]

type Relation = Exclude<Member['relation'], 'head'>

export interface ActValues {
  happened_on: string
  reason: string
  evidence_title: string
  evidence_number: string
  member: MemberValues
  member_ids: string[]
  new_head: string
  head_id: string
  /** Corrected relations: member → relation, of whichever household the member is in afterwards. */
  relations: Record<string, Relation>
  place: string
  cause: 'marriage' | 'adoption' | 'return' | 'other'
  village_code: string
  group_name: string
  address: string
  to_region: string
  other_household_id: string
  other_version: number
  monitoring: '' | 'both' | 'origin' | 'new'
  carry_monitoring: '' | 'yes' | 'no'
  /** Ids made with the form, so that sending it twice has one effect. */
  act_id: string
  new_id: string
}

const t = phrases({
  day: ['请填写发生日期', 'Enter the date'],
  reason: ['请写明原因，至少 2 个字', 'State the reason, at least 2 characters'],
  who: ['请选择人员', 'Choose who it is about'],
  newHead: ['户主离开后，请指定新户主', 'The head leaves: choose a new one'],
  head: ['请选择新户的户主', 'Choose the head of the new household'],
  place: ['请填写地点', 'Enter the place'],
  village: ['请选择迁往的村', 'Choose the village'],
  region: ['请选择迁往地', 'Choose where to'],
  other: ['请选择对方户', 'Choose the other household'],
  monitoring: ['请选择分户后由哪一户继续监测', 'Choose which household stays monitored'],
  carry: ['请选择并入后是否继续监测', 'Choose whether monitoring is carried on'],
})

export function emptyAct(): ActValues {
  return {
    happened_on: today(), reason: '', evidence_title: '', evidence_number: '', member: emptyMember(), member_ids: [], new_head: '', head_id: '',
    relations: {}, place: '', cause: 'marriage', village_code: '', group_name: '', address: '', to_region: '', other_household_id: '', other_version: 0,
    monitoring: '', carry_monitoring: '', act_id: uuid7(), new_id: uuid7(),
  }
}

export function present(household: Household): Member[] {
  return household.members.filter((member) => member.state === 'present')
}

export function asksWho(kind: Kind): boolean {
  return kind === 'death' || kind === 'split' || kind === 'transfer' || kind === 'move_out' || kind === 'declare_move'
}

/** Those who stay, when the head is among those who leave: one of them must become head. */
export function heirs(household: Household, kind: Kind, values: Pick<ActValues, 'member_ids'>): Member[] {
  if (kind === 'head_change') return present(household).filter((member) => !member.is_head)
  const leaving = present(household).filter((member) => values.member_ids.includes(member.id))
  if (!asksWho(kind) || !leaving.some((member) => member.is_head)) return []
  return present(household).filter((member) => !values.member_ids.includes(member.id))
}

/** Which kinds make sense for a household as it is. */
export function possible(household: Household): Kind[] {
  if (household.state !== 'active') return []
  const people = present(household).length
  if (people === 0) return ['close']
  return KINDS.filter((kind) => kind !== 'close' && (people > 1 || (kind !== 'split' && kind !== 'head_change')))
}

export function checkAct(household: Household, kind: Kind, values: ActValues): Messages {
  const errors: Messages = {}
  if (kind === 'birth' || kind === 'move_in') Object.assign(errors, checkMember(values.member, 'member', []))
  if (asksWho(kind) && values.member_ids.length === 0) errors.member_ids = t('who')
  if (heirs(household, kind, values).length > 0 && !values.new_head) errors.new_head = t('newHead')
  if (kind === 'split' && !values.head_id) errors.head_id = t('head')
  if (kind === 'split' && household.monitored && !values.monitoring) errors.monitoring = t('monitoring')
  if ((kind === 'move_in' || kind === 'move_out') && !values.place.trim()) errors.place = t('place')
  if (kind === 'move_village' && values.village_code.length !== 12) errors.village_code = t('village')
  if (kind === 'declare_move' && !values.to_region) errors.to_region = t('region')
  if ((kind === 'merge' || kind === 'transfer') && !values.other_household_id) errors.other_household_id = t('other')
  if (kind === 'merge' && household.monitored && !values.carry_monitoring) errors.carry_monitoring = t('carry')
  if (kind !== 'birth' && !values.happened_on) errors.happened_on = t('day')
  if (values.reason.trim().length < 2) errors.reason = t('reason')
  return errors
}

function only(relations: Record<string, Relation>, ids: readonly string[]): Record<string, Relation> {
  return Object.fromEntries(Object.entries(relations).filter(([id]) => ids.includes(id)))
}

/** The request of a checked act. Relations go to the household in which the member will be. */
export function actBody(household: Household, kind: Kind, values: ActValues): ActInput {
  const base = {
    happened_on: kind === 'birth' ? values.member.birth_date : values.happened_on,
    reason: values.reason.trim(),
    evidence: values.evidence_title.trim() ? [{ title: values.evidence_title.trim(), number: values.evidence_number.trim() || null }] : [],
  }
  const ids = values.member_ids
  const heirIds = heirs(household, kind, values).map((member) => member.id)
  const staying = household.members.map((member) => member.id).filter((id) => id !== values.new_head && !(asksWho(kind) && kind !== 'death' && ids.includes(id)))
  const new_head = heirIds.length > 0 ? { member_id: values.new_head, relations: only(values.relations, staying) } : null
  const place = { group_name: values.group_name.trim() || null, address: values.address.trim() || null }
  const { id: memberId, ...member } = memberBody(values.member)
  const other = { other_household_id: values.other_household_id, other_version: values.other_version }
  switch (kind) {
    case 'birth':
      return { ...base, kind, member_id: memberId, member }
    case 'move_in':
      return { ...base, kind, member_id: memberId, member, place: values.place.trim(), cause: values.cause }
    case 'death':
      return { ...base, kind, member_id: ids[0] ?? '', new_head }
    case 'head_change':
      return { ...base, kind, new_head: { member_id: values.new_head, relations: only(values.relations, staying) } }
    case 'split': {
      const moving = ids.filter((id) => id !== values.head_id)
      return { ...base, kind, member_ids: ids, new_head, monitoring: values.monitoring || null, household: { id: values.new_id, head_id: values.head_id, relations: only(values.relations, moving), ...place } }
    }
    case 'merge':
      return { ...base, kind, ...other, relations: only(values.relations, present(household).map((entry) => entry.id)), carry_monitoring: values.carry_monitoring === '' ? null : values.carry_monitoring === 'yes' }
    case 'transfer':
      return { ...base, kind, member_ids: ids, ...other, relations: only(values.relations, ids), new_head }
    case 'move_village':
      return { ...base, kind, village_code: values.village_code, ...place }
    case 'move_out':
      return { ...base, kind, member_ids: ids, place: values.place.trim(), new_head }
    case 'declare_move':
      return { ...base, kind, relocation_id: values.new_id, member_ids: ids, to_region: values.to_region, new_head }
    case 'close':
      return { ...base, kind }
  }
}
