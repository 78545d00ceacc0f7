/** What a clerk types about a household, its checks, and the request it becomes. */
import type { DwellingGrade, Household, HouseholdCreate, Income, IncomeInput, Member, MemberInput, RigidKinds, WaterSupply } from '@/api/types'
import type { Messages } from '@/shared/form'
import { birthOf, isIdNumber, sexOf } from '@/shared/id-number'
import { phrases } from '@/shared/i18n'
import { uuid7 } from '@/shared/ids'
import { fromYuan, sum, toYuan, type Fen } from '@/shared/money'

const t = phrases({
  village: ['请选择所在村', 'Choose the village'],
  number: ['请填写户编号', 'Enter the household number'],
  name: ['请填写第 {n} 位成员的姓名', 'Enter the name of member {n}'],
  idNumber: ['第 {n} 位成员的身份证号不对，请核对', 'The ID number of member {n} is not right'],
  birth: ['请填写第 {n} 位成员的出生日期', 'Enter the date of birth of member {n}'],
  relation: ['请选择第 {n} 位成员与户主的关系', 'Choose the relation of member {n}'],
  phone: ['第 {n} 位成员的电话不对，请核对', 'The phone number of member {n} is not right'],
  duplicate: ['第 {n} 位成员的身份证号与前面的成员重复', 'Member {n} has the ID number of an earlier member'],
  year: ['脱贫年份应在 2014 至 2025 之间', 'The year lifted lies between 2014 and 2025'],
})

export interface MemberValues {
  id: string
  name: string
  relation: Member['relation'] | ''
  sex: Member['sex']
  birth_date: string
  id_number: string
  phone: string
  labour_ability: Member['labour_ability']
  health: Member['health']
  education: Member['education']
  schooling: Member['schooling']
  employment: Member['employment']
  insured: boolean
}

export interface IncomeValues {
  year: number
  wage: Fen | null
  business: Fen | null
  property: Fen | null
  transfer: Fen | null
  rigid_expense: Fen | null
  /** Null while the rigid expense is not broken down. */
  rigid_kinds: RigidValues | null
}

export const RIGID_KINDS = ['medical', 'education', 'disability_care', 'housing_repair', 'disaster', 'other'] as const satisfies readonly (keyof RigidKinds)[]
export type RigidValues = Record<keyof RigidKinds, Fen | null>

export function emptyRigid(): RigidValues {
  return { medical: null, education: null, disability_care: null, housing_repair: null, disaster: null, other: null }
}

export function rigidTotal(kinds: RigidValues): Fen {
  return sum(RIGID_KINDS.map((kind) => kinds[kind] ?? 0n))
}

/** The four sources and the rigid expense. */
export const INCOME_FIELDS = ['wage', 'business', 'property', 'transfer', 'rigid_expense'] as const

/** The income of a year as registered, for its form; empty for a year that is not registered yet. */
export function incomeValues(incomes: readonly Income[], year: number): IncomeValues {
  const known = incomes.find((income) => income.year === year)
  const fen = (yuan: string | undefined): Fen | null => (yuan === undefined ? null : fromYuan(yuan))
  return { year, wage: fen(known?.wage), business: fen(known?.business), property: fen(known?.property), transfer: fen(known?.transfer), rigid_expense: fen(known?.rigid_expense), rigid_kinds: rigidValues(known?.rigid_kinds) }
}

function rigidValues(kinds: RigidKinds | null | undefined): RigidValues | null {
  return kinds ? { medical: fromYuan(kinds.medical), education: fromYuan(kinds.education), disability_care: fromYuan(kinds.disability_care), housing_repair: fromYuan(kinds.housing_repair), disaster: fromYuan(kinds.disaster), other: fromYuan(kinds.other) } : null
}

/** Whether anything of a year was typed. */
export function isTyped(values: IncomeValues): boolean {
  const kinds = values.rigid_kinds
  return INCOME_FIELDS.some((field) => values[field] !== null) || (kinds !== null && RIGID_KINDS.some((kind) => kinds[kind] !== null))
}

/** The request of one year: what was left empty counts as zero. */
export function incomeBody({ year, ...amounts }: IncomeValues): IncomeInput {
  const yuan = (fen: Fen | null): string => toYuan(fen ?? 0n)
  return { year, wage: yuan(amounts.wage), business: yuan(amounts.business), property: yuan(amounts.property), transfer: yuan(amounts.transfer), ...rigidBody(amounts.rigid_expense, amounts.rigid_kinds) }
}

function rigidBody(total: Fen | null, kinds: RigidValues | null): Pick<IncomeInput, 'rigid_expense' | 'rigid_kinds'> {
  if (kinds === null) return { rigid_expense: toYuan(total ?? 0n), rigid_kinds: null }
  const yuan = (kind: keyof RigidKinds): string => toYuan(kinds[kind] ?? 0n)
  return {
    rigid_expense: toYuan(rigidTotal(kinds)),
    rigid_kinds: { medical: yuan('medical'), education: yuan('education'), disability_care: yuan('disability_care'), housing_repair: yuan('housing_repair'), disaster: yuan('disaster'), other: yuan('other') },
  }
}

export interface BaseValues {
  group_name: string
  address: string
  dwelling_grade: DwellingGrade | ''
  water_supply: WaterSupply | ''
  lifted: boolean
  lifted_year: string
}

export interface HouseholdValues extends BaseValues {
  id: string
  village_code: string
  household_no: string
  members: MemberValues[]
  income: IncomeValues
}

export function emptyMember(relation: MemberValues['relation'] = ''): MemberValues {
  return {
    id: uuid7(),
    name: '',
    relation,
    sex: 'male',
    birth_date: '',
    id_number: '',
    phone: '',
    labour_ability: 'ordinary',
    health: 'healthy',
    education: 'primary',
    schooling: 'none',
    employment: 'none',
    insured: true,
  }
}

export function emptyHousehold(villageCode: string, year: number): HouseholdValues {
  return {
    id: uuid7(),
    village_code: villageCode,
    household_no: '',
    group_name: '',
    address: '',
    dwelling_grade: '',
    water_supply: '',
    lifted: false,
    lifted_year: '',
    members: [emptyMember('head')],
    income: { year, wage: null, business: null, property: null, transfer: null, rigid_expense: null, rigid_kinds: null },
  }
}

/** The ID number already says when a person was born and their sex: nobody types it twice. */
export function fillFromIdNumber(member: MemberValues): void {
  member.id_number = member.id_number.trim().toUpperCase()
  if (!isIdNumber(member.id_number)) return
  member.birth_date = birthOf(member.id_number)
  member.sex = sexOf(member.id_number)
}

export function checkBase(values: BaseValues): Messages {
  const errors: Messages = {}
  if (values.lifted && values.lifted_year && !/^20(1[4-9]|2[0-5])$/.test(values.lifted_year)) errors.lifted_year = t('year')
  return errors
}

/** Checks one member; `prefix` is "" for a member alone or "members.2" within a household. */
export function checkMember(member: MemberValues, prefix: string, earlier: readonly MemberValues[]): Messages {
  const errors: Messages = {}
  const n = earlier.length + 1
  const at = (field: string): string => (prefix ? `${prefix}.${field}` : field)
  if (!member.name.trim()) errors[at('name')] = t('name', { n })
  if (!member.relation) errors[at('relation')] = t('relation', { n })
  if (member.id_number && !isIdNumber(member.id_number)) errors[at('id_number')] = t('idNumber', { n })
  else if (member.id_number && earlier.some((other) => other.id_number === member.id_number)) errors[at('id_number')] = t('duplicate', { n })
  if (!member.birth_date) errors[at('birth_date')] = t('birth', { n })
  if (member.phone && !/^1[3-9]\d{9}$/.test(member.phone)) errors[at('phone')] = t('phone', { n })
  return errors
}

export function checkHousehold(values: HouseholdValues): Messages {
  const errors: Messages = {}
  if (values.village_code.length !== 12) errors.village_code = t('village')
  if (!values.household_no.trim()) errors.household_no = t('number')
  Object.assign(errors, checkBase(values))
  values.members.forEach((member, index) => Object.assign(errors, checkMember(member, `members.${index}`, values.members.slice(0, index))))
  return errors
}

function orNull(text: string): string | null {
  return text.trim() || null
}

/** The request of a checked member. */
export function memberBody(member: MemberValues): MemberInput {
  return {
    ...member,
    relation: member.relation || 'other',
    name: member.name.trim(),
    id_number: orNull(member.id_number),
    phone: orNull(member.phone),
  }
}

/** The editable fields of a household, as its form holds them. */
export function baseValues(record: Pick<Household, 'group_name' | 'address' | 'dwelling_grade' | 'water_supply' | 'lifted' | 'lifted_year'>): BaseValues {
  return {
    group_name: record.group_name ?? '',
    address: record.address ?? '',
    dwelling_grade: record.dwelling_grade ?? '',
    water_supply: record.water_supply ?? '',
    lifted: record.lifted,
    lifted_year: record.lifted_year ? String(record.lifted_year) : '',
  }
}

/** A registered member for the form: numbers are masked, so their fields begin empty and empty keeps them. */
export function memberValues(member: Member): MemberValues {
  return {
    id: member.id,
    name: member.name,
    relation: member.relation,
    sex: member.sex,
    birth_date: member.birth_date,
    id_number: '',
    phone: '',
    labour_ability: member.labour_ability,
    health: member.health,
    education: member.education,
    schooling: member.schooling,
    employment: member.employment,
    insured: member.insured,
  }
}

export function baseBody(values: BaseValues) {
  return {
    group_name: orNull(values.group_name),
    address: orNull(values.address),
    dwelling_grade: values.dwelling_grade || null,
    water_supply: values.water_supply || null,
    lifted: values.lifted,
    lifted_year: values.lifted && values.lifted_year ? Number(values.lifted_year) : null,
  }
}

export function householdBody(values: HouseholdValues): HouseholdCreate {
  const typed = isTyped(values.income)
  return {
    village_code: values.village_code,
    household_no: values.household_no.trim(),
    ...baseBody(values),
    members: values.members.map(memberBody),
    incomes: typed ? [incomeBody(values.income)] : [],
  }
}
