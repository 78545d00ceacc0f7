import { describe, expect, it } from 'vitest'
import type { Case, CaseRow, CaseStep } from '@/api/types'
import { today } from '@/shared/dates'
import { Problem } from '@/shared/problem'
import { batchBody, batchErrors, emptyBatch, likelyClass, namesIn } from './batch-form'
import { checkStep, classContradiction, emptyStep, namedConditions, plainPaths, stepBody } from './case-form'
import { choosable, daysLeft, grouped } from './queue'
import { stagesOf } from './stepper'

function row(changes: Partial<CaseRow> = {}): CaseRow {
  return { id: 'a', state: 'township_review', kind: 'identification', urgency: 'today', version: 3, risks: ['illness'], net_income_per_head: '7000.00', income_line: '8500.00', ...changes } as CaseRow
}

function step(changes: Partial<CaseStep>): CaseStep {
  return { seq: 1, from_state: null, to_state: 'home_verification', action: 'open', opinion: '', evidence: null, at: '2026-11-20T09:00:00+08:00', actor_name: '陈支书', actor_role: 'village_cadre', due_on: null, late: false, ...changes }
}

function found(changes: Partial<Case> = {}): Case {
  const policy = { time_limits: { home_verification: 2 }, approvers: {}, notice_days: 5, class_names: {}, risk_points: [], enrolled_months: 6 }
  return { ...row(), difficulty: '因病', head_name: '张伟明', state: 'home_verification', steps: [step({})], policy, window_from: '2025-11-01', window_to: '2026-10-31', ...changes } as unknown as Case
}

describe('a page of the queue', () => {
  it('stands by urgency, the most pressing first', () => {
    const groups = grouped([row({ id: '1', urgency: 'later' }), row({ id: '2', urgency: 'overdue' })], true)
    expect(groups.map((group) => group.urgency)).toEqual(['overdue', 'later'])
  })

  it('is one list when it is not about what is due', () => {
    expect(grouped([row({ urgency: null }), row()], false)).toHaveLength(1)
    expect(grouped([], false)).toEqual([])
  })

  it('lets only reviews of one matter at one step be taken together', () => {
    expect(choosable(row(), [])).toBe(true)
    expect(choosable(row({ state: 'village_review' }), [])).toBe(false)
    expect(choosable(row({ state: 'county_determination' }), [row()])).toBe(false)
    expect(choosable(row({ kind: 'elimination' }), [row()])).toBe(false)
  })

  it('counts the days to a limit, also across months', () => {
    expect(daysLeft('2026-12-01', '2026-11-30')).toBe(1)
    expect(daysLeft('2026-11-20', '2026-11-22')).toBe(-2)
  })
})

describe('the form of a step', () => {
  it('asks for every amount, the signature and an opinion at the home verification', () => {
    const errors = checkStep(emptyStep(found()), found(), null, 850_000n)
    expect(Object.keys(errors)).toEqual(expect.arrayContaining(['income.wage', 'income.rigid_expense', 'consent.sha256', 'opinion']))
  })

  it('refuses votes that do not add up, or did not pass', () => {
    const at = found({ state: 'village_review' })
    const values = { ...emptyStep(at), chair: '李主任', record: '同意', opinion: '同意', attendees: '10', votesFor: '6', votesAgainst: '2', abstained: '1' }
    expect(checkStep(values, at, null, 0n)).toHaveProperty('attendees')
    expect(checkStep({ ...values, votesFor: '5', votesAgainst: '4' }, at, null, 0n)).toHaveProperty('votes_for')
    expect(checkStep({ ...values, votesAgainst: '3' }, at, null, 0n)).toEqual({})
  })

  it('refuses a day that has not come', () => {
    const at = found({ state: 'township_review' })
    const values = { ...emptyStep(at), opinion: '同意' }
    expect(checkStep({ ...values, day: '2999-01-01' }, at, null, 0n)).toHaveProperty('checked_on')
    expect(checkStep({ ...values, day: today() }, at, null, 0n)).toEqual({})
  })

  it('says both figures when the class contradicts the income', () => {
    expect(classContradiction('sudden_hardship', 700_000n, 850_000n)).toContain('7,000.00')
    expect(classContradiction('marginal', 850_000n, 850_000n)).toContain('8,500.00')
    expect(classContradiction('marginal', 849_999n, 850_000n)).toBe('')
  })

  it('sends amounts as exact yuan, and the hash of the signature', () => {
    const values = { ...emptyStep(found()), opinion: ' 属实 ', income: { wage: 1_200_050n, business: -500n, property: 0n, transfer: 0n, rigid_expense: 0n }, signature: [{ id: 'f1', name: 'a.png', sha256: 'ab', file: new File([], 'a.png') }] }
    const body = stepBody(values, found())
    expect(body.opinion).toBe('属实')
    expect(body.evidence).toMatchObject({ form: 'home_verification', income: { wage: '12000.50', business: '-5.00' }, consent: { sha256: 'ab', signed_by: '张伟明' } })
  })

  it('finds its fields in the places that the service names', () => {
    const problem = new Problem(422, 'validation_failed', '', '', [{ path: 'body.evidence.home_verification.income.wage', code: 'x', message: '必填' }, { path: 'body.evidence.class', code: 'y', message: '不符' }])
    expect(plainPaths(problem).errors.map((error) => error.path)).toEqual(['body.income.wage', 'body.class'])
  })
})

describe('conditions of an elimination', () => {
  it('are named where they stand in the way', () => {
    const problem = new Problem(422, 'criteria_not_met', '', '', [{ path: 'body.confirmed.income_stable', code: 'x', message: '须核实后确认' }])
    expect(namedConditions(problem).errors[0]!.message).toBe('收入持续稳定：须核实后确认')
  })
})

describe('a review of many', () => {
  it('gives each its own class and risks, and its version', () => {
    const rows = [row({ id: 'a', state: 'county_determination' }), row({ id: 'b', state: 'county_determination', version: 7 })]
    const body = batchBody({ ...emptyBatch(), opinion: '同意', departments: '民政、医保' }, rows, { a: 'marginal', b: 'unstable_lifted' }, true)
    expect(body.items).toEqual([
      { id: 'a', version: 3, class: 'marginal', risks: ['illness'] },
      { id: 'b', version: 7, class: 'unstable_lifted', risks: ['illness'] },
    ])
    expect(body.preview).toBe(true)
    expect(body.step.evidence).toMatchObject({ departments: ['民政', '医保'] })
  })

  it('needs a target only to return', () => {
    expect(batchErrors({ ...emptyBatch(), action: 'return', opinion: '退回' }, row())).toHaveProperty('to')
    expect(batchErrors({ ...emptyBatch(), opinion: '同意' }, row())).toEqual({})
  })

  it('suggests the class by the income alone', () => {
    expect(likelyClass(row())).toBe('marginal')
    expect(likelyClass(row({ net_income_per_head: '8500.00' }))).toBe('sudden_hardship')
    expect(likelyClass(row({ net_income_per_head: null }))).toBe('')
  })

  it('reads names however they are separated', () => {
    expect(namesIn('民政、医保，人社 教育')).toEqual(['民政', '医保', '人社', '教育'])
  })
})

describe('the stepper', () => {
  it('shows what is done, where it stands and what lies ahead', () => {
    const views = stagesOf(found({ state: 'village_review', steps: [step({}), step({ seq: 2, from_state: 'home_verification', to_state: 'village_review', action: 'complete' })] }))
    expect(views.map((view) => view.progress)).toEqual(['done', 'done', 'now', 'ahead', 'ahead', 'ahead'])
    expect(views[1]!.last?.seq).toBe(2)
  })

  it('shows steps that must be taken again after a return', () => {
    const steps = [step({}), step({ seq: 2, from_state: 'home_verification', to_state: 'village_review', action: 'complete' }), step({ seq: 3, from_state: 'village_review', to_state: 'home_verification', action: 'return' })]
    expect(stagesOf(found({ state: 'home_verification', steps })).map((view) => view.progress)).toEqual(['done', 'now', 'returned', 'ahead', 'ahead', 'ahead'])
  })

  it('shows where a case ended early', () => {
    const steps = [step({}), step({ seq: 2, from_state: 'home_verification', to_state: 'refused', action: 'refuse' })]
    expect(stagesOf(found({ state: 'refused', steps })).map((view) => view.progress)).toEqual(['done', 'stopped', 'ahead', 'ahead', 'ahead', 'ahead'])
  })

  it('knows the short way of a natural elimination', () => {
    expect(stagesOf(found({ kind: 'natural_elimination', state: 'county_determination' })).map((view) => view.stage)).toEqual(['application', 'county_determination'])
  })
})
