import { ageOn } from '@/shared/dates'
import { uuid7 } from '@/shared/ids'
import { birthOf, isIdNumber, sexOf } from '@/shared/id-number'
import { phrases } from '@/shared/i18n'
import * as terms from '@/shared/terms'
import { wellFormed } from '@/shared/canonical'
import { commonBody, commonForm, type Faults, type FormDefinition, timeFault } from '../core/form'
import type { BaseForm, RecordBody } from '../core/types'
import { faultWord } from '../words'
import { baseLines } from './lines'
import RegistrationFields from './RegistrationFields.vue'

export interface Newcomer {
  id: string
  name: string
  relation: string
  id_number: string
  sex: string
  birth_date: string
  phone: string
  labour_ability: string
  health: string
  schooling: string
  employment: string
}

/** 登记新户: a household that the register does not know. Its id is the record's. */
export interface RegistrationForm extends BaseForm {
  group_name: string
  address: string
  dwelling_grade: string
  water_supply: string
  members: Newcomer[]
  note: string
}

export const t = phrases({
  title: ['登记新户', 'Register a household'],
  members: ['家庭成员', 'Members'],
  place: ['住址', 'Address'],
  dwelling: ['房屋等级', 'Dwelling grade'],
  water: ['饮水', 'Water'],
  note: ['情况说明', 'Notes'],
  name: ['请填写第 {n} 人的姓名', 'Enter the name of person {n}'],
  id_number: ['第 {n} 人的身份证号不对，请核对', 'The ID number of person {n} is not right'],
  twice: ['第 {n} 人的身份证号和前面的人重复', 'Person {n} has an ID number of somebody before'],
  birth: ['第 {n} 人没有身份证号，请填出生日期', 'Person {n} has no ID number: enter the date of birth'],
  relation: ['请选第 {n} 人和户主的关系', 'Choose the relation of person {n}'],
  phone: ['第 {n} 人的电话不对，请核对', 'The phone number of person {n} is not right'],
})

export function newcomer(relation: string): Newcomer {
  return { id: uuid7(), name: '', relation, id_number: '', sex: 'male', birth_date: '', phone: '', labour_ability: 'ordinary', health: 'healthy', schooling: 'none', employment: 'none' }
}

/** Errors of the members, by "members.2.name". */
function memberFaults(members: readonly Newcomer[]): Faults {
  const found: Faults = {}
  members.forEach((member, index) => {
    const n = index + 1
    const number = member.id_number.trim().toUpperCase()
    if (member.name.trim() === '') found[`members.${index}.name`] = t('name', { n })
    if (member.relation === '') found[`members.${index}.relation`] = t('relation', { n })
    if (number !== '' && !isIdNumber(number)) found[`members.${index}.id_number`] = t('id_number', { n })
    else if (number !== '' && members.slice(0, index).some((each) => each.id_number.trim().toUpperCase() === number)) found[`members.${index}.id_number`] = t('twice', { n })
    if (number === '' && member.birth_date === '') found[`members.${index}.birth_date`] = t('birth', { n })
    if (member.phone.trim() !== '' && !/^1[3-9]\d{9}$/.test(member.phone.trim())) found[`members.${index}.phone`] = t('phone', { n })
  })
  return found
}

function memberBody(member: Newcomer) {
  const number = member.id_number.trim().toUpperCase()
  return {
    id: member.id,
    name: wellFormed(member.name.trim()),
    relation: member.relation,
    id_number: number || null,
    phone: member.phone.trim() || null,
    sex: number ? sexOf(number) : member.sex,
    birth_date: number ? birthOf(number) : member.birth_date,
    labour_ability: member.labour_ability,
    health: member.health,
    education: 'primary',
    schooling: member.schooling,
    employment: member.employment,
    insured: true,
  }
}

function registered(json: unknown): RecordBody {
  const household = json as RecordBody & { members: RecordBody[] }
  const members = household.members.map((member) => ({ ...member, id_number: '', phone: '' }))
  return { ...household, members, visited_at: household.created_at ?? null, location: null, photos: [], note: '' }
}

const orNull = (text: string) => wellFormed(text.trim()) || null

const definition: FormDefinition<RegistrationForm> = {
  kind: 'registration',
  title: () => t('title'),
  prefilled: (household, now) => ({
    visited_at: now, location: null, photos: [], group_name: household.group_name, address: '', dwelling_grade: '', water_supply: '', members: [newcomer('head')], note: '',
  }),
  faults(form, _household, now) {
    const found = memberFaults(form.members)
    const when = timeFault(form.visited_at, now)
    if (when) found.visited_at = faultWord(when)
    return found
  },
  body: (form, household, clock) => ({
    ...commonBody(form, clock),
    form_version: 1,
    village_code: household.village_code,
    group_name: orNull(form.group_name),
    address: orNull(form.address),
    dwelling_grade: form.dwelling_grade || null,
    water_supply: form.water_supply || null,
    members: form.members.map(memberBody),
    note: wellFormed(form.note.trim()),
  }),
  formOf: (body) => ({
    ...commonForm(body),
    group_name: String(body.group_name ?? ''),
    address: String(body.address ?? ''),
    dwelling_grade: String(body.dwelling_grade ?? ''),
    water_supply: String(body.water_supply ?? ''),
    members: (body.members as unknown as Newcomer[]).map((member) => ({ ...member, id_number: member.id_number ?? '', phone: member.phone ?? '' })),
    note: String(body.note ?? ''),
  }),
  // The household that it registered bears its id; numbers are masked and stay out.
  theirs: (id) => ({ path: `/api/monitoring/households/${id}`, read: registered }),
  nameOf: (form) => form.members[0]?.name.trim() ?? '',
  lines: (form) => [
    ...form.members.map((member): [string, string] => {
      const number = member.id_number.trim().toUpperCase()
      const age = ageOn(isIdNumber(number) ? birthOf(number) : member.birth_date)
      const about = [terms.relation.label(member.relation), terms.sex.label(isIdNumber(number) ? sexOf(number) : member.sex), age === null ? '' : `${age} 岁`]
      return [member.name || t('members'), about.filter(Boolean).join(' · ')]
    }),
    [t('place'), [form.group_name, form.address].filter(Boolean).join(' ')],
    [t('dwelling'), terms.dwellingGrade.label(form.dwelling_grade)],
    [t('water'), terms.waterSupply.label(form.water_supply)],
    [t('note'), form.note],
    ...baseLines(form),
  ],
  fields: RegistrationFields,
}

export default definition
