import { describe, expect, it } from 'vitest'
import { checkProposal, emptyProposal, planned, proposalBody, sections } from './proposal-form'

function filled() {
  const values = emptyProposal('431081106226', 2026)
  Object.assign(values, {
    name: '油茶基地', category: 'planting', nature: 'new', place: '三组', responsible_unit: '村委会', starts_on: '2026-03-01', ends_on: '2026-10-31', tasks: '垦复', size: '200 亩',
    beneficiaries: '脱贫户', beneficiary_households: '40', beneficiary_people: '130', benefit_kinds: ['employment'], benefit_mechanism: '优先用工',
  })
  values.financing[0] = { key: 'a', source_level: 'central', amount: 8_000_000n }
  values.goals[0] = { key: 'b', name: '面积', unit: '亩', target: '200', at_least: true, weight: 60 }
  return values
}

describe('a proposal', () => {
  it('is complete section by section', () => {
    expect(sections(filled()).every((part) => part.complete)).toBe(true)
    expect(sections({ ...filled(), goals: [] }).filter((part) => !part.complete)).toEqual([{ name: 'performance', complete: false }])
  })

  it('may be kept as a draft with almost nothing, but not with wrong things', () => {
    expect(checkProposal({ ...emptyProposal('431081106', 2026), name: '水渠维修' })).toEqual({})
    expect(Object.keys(checkProposal({ ...filled(), ends_on: '2026-02-01', beneficiary_people: '一百' }))).toEqual(['ends_on', 'beneficiary_people'])
    const twice = filled()
    twice.financing.push({ key: 'c', source_level: 'central', amount: 1n })
    expect(Object.keys(checkProposal(twice))).toEqual(['financing.1.source_level'])
    const vague = filled()
    vague.goals[0]!.target = '很多'
    expect(Object.keys(checkProposal(vague))).toEqual(['goals.0.name'])
  })

  it('sends exact yuan and leaves out empty lines', () => {
    const values = filled()
    values.financing.push({ key: 'c', source_level: '', amount: null })
    const body = proposalBody(values)
    expect(body.financing).toEqual([{ source_level: 'central', amount: '80000.00' }])
    expect(planned(values)).toBe(8_000_000n)
    expect(proposalBody({ ...values, place: '  ' }).place).toBeNull()
  })
})
