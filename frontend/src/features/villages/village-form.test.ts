import { describe, expect, it } from 'vitest'
import type { Village } from '@/api/types'
import { checkVillage, fieldValue, typedFields, villageFields, villageUpdate, villageValues } from './village-form'

const village: Village = {
  code: '431081106226',
  name: '道塘村',
  township_name: '州门司镇',
  types: ['model', 'lifted'],
  population: 1216,
  households: 300,
  lifted_households: 40,
  lifted_people: 120,
  monitored_households: 3,
  monitored_people: 9,
  collective_income: '120000.50',
  published: { population: 1216, lifted_households: 40, lifted_people: 120, monitored_households: 3, monitored_people: null, source: '市政府公开' },
  version: 2,
}

describe('a village profile', () => {
  it('comes back from the form as it went in', () => {
    const values = villageValues(village)
    expect(typedFields(villageFields(values))).toEqual(values)
    expect(checkVillage(values)).toEqual({})
  })

  it('wants whole numbers, and a source for them', () => {
    expect(checkVillage({ ...villageValues(village), population: '12.5' })).toHaveProperty('population')
    expect(checkVillage({ ...villageValues(village), source: ' ' })).toHaveProperty('source')
  })

  it('sends only what changed, but the published figures together', () => {
    const whole = villageFields(villageValues(village))
    expect(villageUpdate({ collective_income: null }, { ...whole, collective_income: null })).toEqual({ collective_income: null })
    expect(villageUpdate({ population: 1217 }, { ...whole, population: 1217 }).published).toMatchObject({ population: 1217, lifted_people: 120, source: '市政府公开' })
  })

  it('shows both sides of a conflict in words', () => {
    expect(fieldValue('types', ['lifted', 'model'])).toBe('脱贫村、乡村振兴示范村')
    expect(fieldValue('collective_income', '120000.50')).toBe('120,000.50 元')
  })
})
