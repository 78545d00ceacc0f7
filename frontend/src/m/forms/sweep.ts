import { phrases } from '@/shared/i18n'
import { wellFormed } from '@/shared/canonical'
import { commonBody, commonForm, type Faults, type FormDefinition } from '../core/form'
import type { Findings, RecordBody } from '../core/types'
import { faults, findingsOf, isUnchanged, openGuarantees, prefilled, type VisitForm } from '../core/visit'
import { faultWord } from '../words'
import { knownLines } from './known'
import { baseLines, guaranteeLine, riskLine } from './lines'
import SweepFields from './SweepFields.vue'

export const PROBLEMS = [
  'income', 'food', 'clothing', 'education', 'medical', 'dwelling', 'water', 'employment', 'industry', 'policy', 'disaster', 'data', 'other',
] as const
export type Problem = (typeof PROBLEMS)[number]

/** 排查: a household of a round, seen once. */
export interface SweepForm extends VisitForm {
  problems: Partial<Record<Problem, string>>
}

export const t = phrases({
  title: ['排查', 'Sweep'],
  question: ['和已掌握的情况相比，有变化或问题吗？', 'Has anything changed, or gone wrong?'],
  unchanged: ['无变化，没有问题', 'No change, no problem'],
  changed_fill: ['有变化或问题，逐项登记', 'Something changed or is wrong'],
  result: ['结论', 'Outcome'],
  changed: ['有变化', 'Changed'],
  income_line: ['收入', 'Income'],
  same: ['没有变化', 'Unchanged'],
  note: ['情况说明', 'Notes'],
  problems: ['发现的问题', 'Problems found'],
  none: ['无', 'None'],
  problem_missing: ['请写明每个问题的情况（不少于 2 个字）', 'Describe each problem (2 characters at least)'],
  income: ['收入', 'Income'],
  food: ['吃饭', 'Food'],
  clothing: ['穿衣', 'Clothing'],
  education: ['义务教育', 'Education'],
  medical: ['基本医疗', 'Medical care'],
  dwelling: ['住房安全', 'Dwelling'],
  water: ['饮水安全', 'Water'],
  employment: ['就业', 'Employment'],
  industry: ['产业', 'Industry'],
  policy: ['政策落实', 'Policies carried out'],
  disaster: ['灾害事故', 'Disaster or accident'],
  data: ['信息不准', 'Wrong data'],
  other: ['其他', 'Other'],
})

function found(form: SweepForm): Problem[] {
  return PROBLEMS.filter((kind) => form.problems[kind] !== undefined)
}

const definition: FormDefinition<SweepForm> = {
  kind: 'sweep',
  title: () => t('title'),
  ask: { question: () => t('question'), known: knownLines, unchanged: () => t('unchanged'), changed: () => t('changed_fill') },
  prefilled: (household, now) => ({ ...prefilled(household, now), problems: {} }),
  faults(form, household, now): Faults {
    const sentences: Faults = Object.fromEntries(Object.entries(faults(form, household, now)).map(([field, fault]) => [field, faultWord(fault)]))
    if (found(form).some((kind) => (form.problems[kind] ?? '').trim().length < 2)) sentences.problems = t('problem_missing')
    return sentences
  },
  body(form, household, clock) {
    const problems = found(form).map((kind) => ({ kind, description: wellFormed((form.problems[kind] ?? '').trim()) }))
    // An open guarantee of old is no change, but it is a finding: only what is wholly in order is said in one word.
    const unchanged = isUnchanged(form, household) && problems.length === 0 && openGuarantees(form).length === 0
    return { ...commonBody(form, clock), form_version: 1, household_id: household.id, unchanged, findings: unchanged ? null : findingsOf(form), problems }
  },
  formOf(body) {
    const problems = (body.problems ?? []) as { kind: Problem; description: string }[]
    const findings = body.findings as Findings | null
    const all = { food: true, clothing: true, education: true, medical: true, dwelling: true, water: true }
    const plain = { income_changed: false, income_note: '', guarantees_ok: all, risks: [], note: '' }
    return { ...commonForm(body), ...(findings ?? plain), problems: Object.fromEntries(problems.map(({ kind, description }) => [kind, description])) }
  },
  taskOf: (household) => household.sweep?.id ?? '',
  theirs: (id, task, householdId) => ({
    path: `/api/monitoring/sweeps/${task}/items/${householdId}`,
    read: (json) => (json as { records_received: (RecordBody & { id: string })[] }).records_received.find((each) => each.id === id) ?? null,
  }),
  lines: (form, household) => [
    [t('result'), household ? (isUnchanged(form, household) && found(form).length === 0 ? t('unchanged') : t('changed')) : ''],
    [t('problems'), found(form).map((kind) => `${t(kind)}：${form.problems[kind]}`).join('；') || t('none')],
    guaranteeLine(form.guarantees_ok),
    [t('income_line'), form.income_changed ? form.income_note : t('same')],
    riskLine(form.risks),
    [t('note'), form.note],
    ...baseLines(form),
  ],
  fields: SweepFields,
}

export default definition
