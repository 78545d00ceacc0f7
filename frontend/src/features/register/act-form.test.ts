import { describe, expect, it } from 'vitest'
import type { Duplicate, Household, Member } from '@/api/types'
import { actBody, checkAct, emptyAct, heirs, possible } from './act-form'
import { differs, mergeBody, suggested } from './merge-form'
import { effectText } from './words'

function member(id: string, relation: Member['relation'], state: Member['state'] = 'present'): Member {
  return {
    id, name: id, relation, is_head: relation === 'head', state, sex: 'male', birth_date: '1980-01-01', id_number_masked: null, phone_masked: null,
    labour_ability: 'ordinary', health: 'healthy', education: 'primary', schooling: 'none', employment: 'none', insured: true, version: 1,
  }
}

function household(...members: Member[]): Household {
  return {
    id: 'h', county_code: '431081', village_code: '431081106226', village_name: '道塘村', group_name: null, household_no: '0001', head_name: '张', head_id_number_masked: null,
    phone_masked: null, people: members.length, lifted: false, monitored: false, monitored_class: null, risks: [], version: 3, state: 'active', address: null,
    dwelling_grade: null, water_supply: null, lifted_year: null, monitored_since: null, net_income_per_head: null, incomes: [], members, benefits: [], created_at: '', updated_at: '', demo: false,
  }
}

const three = household(member('a', 'head'), member('b', 'spouse'), member('c', 'child'))

describe('an act', () => {
  it('asks for a new head when the head leaves others', () => {
    const values = { ...emptyAct(), member_ids: ['a'], reason: '病故' }
    expect(heirs(three, 'death', values).map((entry) => entry.id)).toEqual(['b', 'c'])
    expect(Object.keys(checkAct(three, 'death', values))).toEqual(['new_head'])
    expect(heirs(three, 'death', { member_ids: ['b'] })).toEqual([])
    expect(heirs(household(member('a', 'head')), 'death', { member_ids: ['a'] })).toEqual([])
  })

  it('sends corrected relations to the household in which each will be', () => {
    const values = { ...emptyAct(), member_ids: ['a', 'b'], head_id: 'b', new_head: 'c', relations: { a: 'spouse' as const }, reason: '分家' }
    expect(actBody(three, 'split', values)).toMatchObject({ kind: 'split', member_ids: ['a', 'b'], household: { head_id: 'b', relations: { a: 'spouse' } }, new_head: { member_id: 'c', relations: {} } })
    const died = { ...emptyAct(), member_ids: ['a'], new_head: 'b', relations: { a: 'spouse' as const, c: 'child' as const }, reason: '病故' }
    expect(actBody(three, 'death', died)).toMatchObject({ member_id: 'a', new_head: { member_id: 'b', relations: { a: 'spouse', c: 'child' } } })
  })

  it('of a monitored household asks who stays monitored', () => {
    const values = { ...emptyAct(), member_ids: ['c'], head_id: 'c', reason: '分家' }
    expect(Object.keys(checkAct({ ...three, monitored: true }, 'split', values))).toEqual(['monitoring'])
  })

  it('is offered only where it makes sense', () => {
    expect(possible(household(member('a', 'head', 'died')))).toEqual(['close'])
    expect(possible({ ...three, state: 'closed' })).toEqual([])
    expect(possible(household(member('a', 'head')))).not.toContain('split')
  })

  it('says its effects in words', () => {
    expect(effectText({ code: 'undoes', params: { kind: 'split' } })).toBe('撤销“分户”，恢复到变动之前')
    expect(effectText({ code: 'something_new', params: {} })).toBe('something_new')
  })
})

describe('a pair of records', () => {
  const record: Duplicate['first'] = {
    id: '1', version: 1, name: '张', relation: 'head', state: 'present', sex: 'male', birth_date: '1980-01-01', id_number_masked: null, phone_masked: null, labour_ability: 'ordinary',
    health: 'healthy', education: 'primary', schooling: 'none', employment: 'none', insured: true, household_id: 'h1', household_no: '1', head_name: '张', people: 2,
    village_code: '431081106226', village_name: '道塘村', lifted: false, monitored: false, registered_at: '2026-11-02',
  }
  const pair: Duplicate = {
    id: 'p', county_code: '431081', region_code: '431081106226', basis: 'name_birth_village', state: 'open', found_at: '', decided_at: null, decided_by_name: null, reason: null, kept_id: null,
    other_county_name: null, first: record, second: { ...record, id: '2', phone_masked: '138****0000', household_id: 'h2', registered_at: '2026-11-01' }, version: 1, same_id_number: false, other_pairs: 0,
  }

  it('keeps the earlier record and takes over what only the other has', () => {
    expect(suggested({ ...pair, first: { ...record, phone_masked: '139****0000' }, second: { ...record, id: '2', registered_at: '2026-11-01' } })).toMatchObject({ kept: 'second', choices: { phone: 'first' } })
  })

  it('keeps the monitored one whatever the dates', () => {
    expect(suggested({ ...pair, first: { ...record, monitored: true } }).kept).toBe('first')
  })

  it('takes number, sex and birth date from one record', () => {
    const body = mergeBody(pair, { kept: 'first', choices: { identity: 'second' }, whole_household: false, new_head: '', reason: '同一人' })
    expect(body?.choices).toMatchObject({ id_number: '2', sex: '2', birth_date: '2', name: '1' })
    expect(body?.versions).toEqual({ 1: 1, 2: 1 })
  })

  it('tells where they differ', () => {
    expect(differs(pair, 'phone')).toBe(true)
    expect(differs(pair, 'name')).toBe(false)
  })
})
