/** A proposal as it is typed, section by section, and the request it becomes. Amounts in fen. */
import type { Project, ProjectWrite, SourceLevel } from '@/api/types'
import type { Messages } from '@/shared/form'
import { phrases } from '@/shared/i18n'
import { uuid7 } from '@/shared/ids'
import { fromYuan, sum, toYuan, type Fen } from '@/shared/money'

const t = phrases({
  region: ['请选择所在的乡镇或村', 'Choose the township or village'],
  year: ['请填写四位年度，例如 2026', 'Enter the year in four digits'],
  name: ['请填写项目名称，至少 2 个字', 'Enter the project name'],
  order: ['完工日期不能早于开工日期', 'It cannot end before it starts'],
  source: ['第 {n} 笔资金请选择来源', 'Choose the source of line {n}'],
  amount: ['第 {n} 笔资金请填写金额', 'Enter the amount of line {n}'],
  twice: ['同一来源只填一行', 'One line per source'],
  goal: ['第 {n} 个目标请填写名称、单位和数字目标值', 'Complete target {n}'],
  count: ['请填写整数', 'Enter a whole number'],
})

export interface FinancingLine {
  key: string
  source_level: SourceLevel | ''
  amount: Fen | null
}

export interface GoalLine {
  key: string
  name: string
  unit: string
  target: string
  at_least: boolean
  weight: number
}

export interface ProposalValues {
  id: string
  region_code: string
  year: string
  name: string
  category: NonNullable<Project['category']> | ''
  nature: NonNullable<Project['nature']> | ''
  place: string
  starts_on: string
  ends_on: string
  responsible_unit: string
  tasks: string
  size: string
  financing: FinancingLine[]
  beneficiaries: string
  beneficiary_households: string
  beneficiary_people: string
  goals: GoalLine[]
  benefit_kinds: Project['benefit_kinds']
  benefit_mechanism: string
}

export const emptyFinancing = (): FinancingLine => ({ key: uuid7(), source_level: '', amount: null })
export const emptyGoal = (): GoalLine => ({ key: uuid7(), name: '', unit: '', target: '', at_least: true, weight: 10 })

export function emptyProposal(region: string, year: number): ProposalValues {
  return {
    id: uuid7(), region_code: region, year: String(year), name: '', category: '', nature: '', place: '', starts_on: '', ends_on: '', responsible_unit: '', tasks: '', size: '',
    financing: [emptyFinancing()], beneficiaries: '', beneficiary_households: '', beneficiary_people: '', goals: [emptyGoal()], benefit_kinds: [], benefit_mechanism: '',
  }
}

export function proposalValues(project: Project): ProposalValues {
  const text = (value: string | null): string => value ?? ''
  const count = (value: number | null): string => (value === null ? '' : String(value))
  return {
    id: project.id, region_code: project.region_code, year: String(project.year), name: project.name, category: project.category ?? '', nature: project.nature ?? '', place: text(project.place),
    starts_on: text(project.starts_on), ends_on: text(project.ends_on), responsible_unit: text(project.responsible_unit), tasks: text(project.tasks), size: text(project.size),
    financing: project.financing.length ? project.financing.map((line) => ({ key: uuid7(), source_level: line.source_level, amount: fromYuan(line.amount) })) : [emptyFinancing()],
    beneficiaries: text(project.beneficiaries), beneficiary_households: count(project.beneficiary_households), beneficiary_people: count(project.beneficiary_people),
    goals: project.goals.length ? project.goals.map((goal) => ({ key: uuid7(), ...goal })) : [emptyGoal()],
    benefit_kinds: [...project.benefit_kinds], benefit_mechanism: text(project.benefit_mechanism),
  }
}

const typedFinancing = (values: ProposalValues): FinancingLine[] => values.financing.filter((line) => line.source_level || line.amount !== null)
const typedGoals = (values: ProposalValues): GoalLine[] => values.goals.filter((goal) => goal.name.trim() || goal.target.trim() || goal.unit.trim())
const WHOLE = /^\d{1,7}$/
const NUMBER = /^-?\d{1,11}(\.\d{1,3})?$/

export function planned(values: ProposalValues): Fen {
  return sum(values.financing.map((line) => line.amount ?? 0n))
}

/** What a draft may not have: everything else may still be missing. */
export function checkProposal(values: ProposalValues): Messages {
  const errors: Messages = {}
  if (values.region_code.length < 9) errors.region_code = t('region')
  if (!/^20\d{2}$/.test(values.year)) errors.year = t('year')
  if (values.name.trim().length < 2) errors.name = t('name')
  if (values.starts_on && values.ends_on && values.ends_on < values.starts_on) errors.ends_on = t('order')
  const sources = new Set<string>()
  values.financing.forEach((line, n) => {
    if (!line.source_level && line.amount === null) return
    if (!line.source_level) errors[`financing.${n}.source_level`] = t('source', { n: n + 1 })
    else if (sources.has(line.source_level)) errors[`financing.${n}.source_level`] = t('twice')
    if (line.amount === null || line.amount <= 0n) errors[`financing.${n}.amount`] = t('amount', { n: n + 1 })
    sources.add(line.source_level)
  })
  values.goals.forEach((goal, n) => {
    if (!goal.name.trim() && !goal.target.trim() && !goal.unit.trim()) return
    if (!goal.name.trim() || !goal.unit.trim() || !NUMBER.test(goal.target.trim())) errors[`goals.${n}.name`] = t('goal', { n: n + 1 })
  })
  for (const field of ['beneficiary_households', 'beneficiary_people'] as const) if (values[field].trim() && !WHOLE.test(values[field].trim())) errors[field] = t('count')
  return errors
}

const FIELDS: Record<string, (values: ProposalValues) => boolean> = {
  basics: (v) => Boolean(v.name.trim() && v.category && v.nature && v.place.trim() && v.responsible_unit.trim() && v.region_code),
  schedule: (v) => Boolean(v.starts_on && v.ends_on),
  tasks: (v) => Boolean(v.tasks.trim() && v.size.trim()),
  financing: (v) => typedFinancing(v).length > 0 && planned(v) > 0n,
  beneficiaries: (v) => Boolean(v.beneficiaries.trim() && v.beneficiary_households.trim() && v.beneficiary_people.trim()),
  performance: (v) => typedGoals(v).length > 0,
  benefit: (v) => v.benefit_kinds.length > 0 && Boolean(v.benefit_mechanism.trim()),
}

/** Which sections are complete, in their order on the form. */
export function sections(values: ProposalValues): { name: string; complete: boolean }[] {
  return Object.entries(FIELDS).map(([name, complete]) => ({ name, complete: complete(values) }))
}

/** The request of checked values. */
export function proposalBody(values: ProposalValues): ProjectWrite {
  const text = (value: string): string | null => value.trim() || null
  const count = (value: string): number | null => (value.trim() ? Number(value) : null)
  return {
    region_code: values.region_code, year: Number(values.year), name: values.name.trim(), category: values.category || null, nature: values.nature || null, place: text(values.place),
    starts_on: text(values.starts_on), ends_on: text(values.ends_on), responsible_unit: text(values.responsible_unit), tasks: text(values.tasks), size: text(values.size),
    financing: typedFinancing(values).map((line) => ({ source_level: line.source_level || 'central', amount: toYuan(line.amount ?? 0n) })),
    beneficiaries: text(values.beneficiaries), beneficiary_households: count(values.beneficiary_households), beneficiary_people: count(values.beneficiary_people),
    goals: typedGoals(values).map((goal) => ({ name: goal.name.trim(), unit: goal.unit.trim(), target: goal.target.trim(), at_least: goal.at_least, weight: goal.weight })),
    benefit_kinds: [...values.benefit_kinds], benefit_mechanism: text(values.benefit_mechanism),
  }
}
