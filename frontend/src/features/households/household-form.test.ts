import { describe, expect, it } from 'vitest'
import { readFindings } from './findings'
import { baseBody, baseValues, checkHousehold, emptyHousehold, emptyMember, emptyRigid, fillFromIdNumber, householdBody, incomeBody, incomeValues } from './household-form'

function household() {
  const values = emptyHousehold('431081106217', 2025)
  values.household_no = '0012'
  Object.assign(values.members[0]!, { name: '李明华', id_number: '11010519491231002X', birth_date: '1949-12-31', sex: 'female' })
  return values
}

describe('a new household', () => {
  it('passes with a village, a number and a head', () => {
    expect(checkHousehold(household())).toEqual({})
  })

  it('asks for what is missing, member by member', () => {
    const values = household()
    values.members.push(emptyMember())
    expect(Object.keys(checkHousehold({ ...values, village_code: '431081', household_no: '' })).sort()).toEqual([
      'household_no', 'members.1.birth_date', 'members.1.name', 'members.1.relation', 'village_code',
    ])
  })

  it('refuses a wrong check digit and the same number twice', () => {
    const values = household()
    values.members.push({ ...values.members[0]!, relation: 'spouse' })
    expect(checkHousehold(values)['members.1.id_number']).toContain('重复')
    values.members[1]!.id_number = '110105194912310021'
    expect(checkHousehold(values)['members.1.id_number']).toContain('请核对')
  })

  it('takes birth date and sex from the identity number', () => {
    const member = { ...emptyMember(), id_number: ' 11010519491231002x ' }
    fillFromIdNumber(member)
    expect(member).toMatchObject({ id_number: '11010519491231002X', birth_date: '1949-12-31', sex: 'female' })
  })

  it('sends empty fields as null and no income that nobody typed', () => {
    const body = householdBody(household())
    expect(body).toMatchObject({ group_name: null, address: null, incomes: [] })
    expect(body.members[0]).toMatchObject({ relation: 'head', phone: null })
  })

  it('sends income to the fen, zero where nothing was typed', () => {
    const values = household()
    values.income.wage = 4_200_050n
    expect(householdBody(values).incomes).toEqual([{ year: 2025, wage: '42000.50', business: '0.00', property: '0.00', transfer: '0.00', rigid_expense: '0.00', rigid_kinds: null }])
  })
})

describe('rigid expenses by kind', () => {
  it('make the total, whatever was typed there before', () => {
    const values = household()
    values.income.rigid_expense = 999n
    values.income.rigid_kinds = { ...emptyRigid(), medical: 300_000n, education: 50n }
    const [income] = householdBody(values).incomes ?? []
    expect(income).toMatchObject({ rigid_expense: '3000.50', rigid_kinds: { medical: '3000.00', education: '0.50', disaster: '0.00' } })
  })

  it('come back as they were', () => {
    const income = { year: 2025, wage: '1.00', business: '-2.00', property: '0.00', transfer: '0.00', rigid_expense: '3.00', rigid_kinds: { medical: '1.00', education: '2.00', disability_care: '0.00', housing_repair: '0.00', disaster: '0.00', other: '0.00' } }
    expect(incomeBody(incomeValues([income], 2025))).toEqual(income)
  })
})

describe('the editable part of a household', () => {
  it('comes back as it was', () => {
    const record = { group_name: null, address: '三组12号', dwelling_grade: 'B' as const, water_supply: null, lifted: true, lifted_year: 2018 }
    expect(baseBody(baseValues(record))).toEqual(record)
  })

  it('has no year of lifting when it was not lifted', () => {
    expect(baseBody({ ...baseValues({ group_name: null, address: null, dwelling_grade: null, water_supply: null, lifted: true, lifted_year: 2018 }), lifted: false }).lifted_year).toBeNull()
  })
})

describe('findings of a visit', () => {
  it('name the guarantees that are not in order', () => {
    expect(readFindings({ guarantees_ok: { food: true, medical: false }, risks: ['illness'], income_changed: true, income_note: ' 少了 ', note: '' })).toEqual({
      broken: ['medical'], risks: ['illness'], incomeChanged: true, incomeNote: '少了', note: '',
    })
  })

  it('survive a form of another version', () => {
    expect(readFindings(null)).toEqual({ broken: [], risks: [], incomeChanged: false, incomeNote: '', note: '' })
    expect(readFindings({ risks: 'illness', guarantees_ok: 3 }).risks).toEqual([])
  })
})
