/** The forms of the six steps as they are typed, their checks, and the request they become. */
import type { Case, Evidence, Stage, StepTake } from '@/api/types'
import { today } from '@/shared/dates'
import type { ChosenFile } from '@/shared/files'
import type { Messages } from '@/shared/form'
import { phrases } from '@/shared/i18n'
import { formatYuan, toYuan, type Fen } from '@/shared/money'
import { Problem } from '@/shared/problem'
import { namesIn } from './batch-form'
import { criterionName } from './criteria-words'

const t = phrases({
  opinion: ['请写办理意见，至少 2 个字', 'State an opinion, at least 2 characters'],
  difficulty: ['请写明困难情况', 'Describe the difficulty'],
  risks: ['请至少选一项风险', 'Choose at least one risk'],
  day: ['请填写日期', 'Enter the date'],
  future: ['不能是以后的日期', 'Not in the future'],
  amount: ['请填写金额，没有的填 0', 'Enter an amount; 0 for none'],
  signedBy: ['请填写承诺授权书的签字人', 'Enter who signed'],
  signature: ['请选择签字照片', 'Choose the picture of the signature'],
  chair: ['请填写主持人', 'Enter the chair'],
  votes: ['请填写人数', 'Enter the number'],
  add: ['赞成、反对、弃权之和应等于到会人数', 'Votes must add up to those present'],
  half: ['赞成未过半数，不能通过；请退回或不予通过', 'Not a majority: return or refuse'],
  record: ['请写会议记录', 'Write the record'],
  place: ['请填写公示地点', 'Enter where it was posted'],
  departments: ['请填写参与比对的部门', 'Name the departments'],
  class: ['请选择认定类别', 'Choose a class'],
  below: ['人均纯收入 {net} 元，低于监测线 {line} 元，与该类别不符', 'Net {net} per head is below the line {line}: the class does not fit'],
  above: ['人均纯收入 {net} 元，不低于监测线 {line} 元，与该类别不符', 'Net {net} per head is not below the line {line}: the class does not fit'],
})

export const GUARANTEES = ['food', 'clothing', 'education', 'medical', 'dwelling', 'water'] as const
export type Guarantee = (typeof GUARANTEES)[number]
export const SOURCES = ['wage', 'business', 'property', 'transfer', 'rigid_expense'] as const
export type Source = (typeof SOURCES)[number]

export interface StepValues {
  opinion: string
  difficulty: string
  risks: string[]
  /** When it happened: visit, meeting, check or comparison. */
  day: string
  income: Record<Source, Fen | null>
  guarantees: Record<Guarantee, boolean>
  signedBy: string
  signedOn: string
  signature: ChosenFile[]
  photos: ChosenFile[]
  location: { lat: number; lng: number; accuracy: number } | null
  chair: string
  attendees: string
  votesFor: string
  votesAgainst: string
  abstained: string
  record: string
  place: string
  method: 'documents' | 'home_visit' | 'data_comparison'
  departments: string
  class: string
  confirmed: string[]
  note: string
}

export function emptyStep(found: Case): StepValues {
  return {
    opinion: '',
    difficulty: found.difficulty,
    risks: [...found.risks],
    day: today(),
    income: { wage: null, business: null, property: null, transfer: null, rigid_expense: null },
    guarantees: { food: true, clothing: true, education: true, medical: true, dwelling: true, water: true },
    signedBy: found.head_name ?? '',
    signedOn: today(),
    signature: [],
    photos: [],
    location: null,
    chair: '',
    attendees: '',
    votesFor: '',
    votesAgainst: '',
    abstained: '',
    record: '',
    place: '',
    method: 'documents',
    departments: '',
    class: '',
    confirmed: [],
    note: '',
  }
}

function whole(text: string): number | null {
  return /^\d{1,5}$/.test(text.trim()) ? Number(text) : null
}

const BELOW: readonly string[] = ['unstable_lifted', 'marginal']
const ABOVE: readonly string[] = ['sudden_hardship']

/** What contradicts the income, in words with both figures; "" when nothing does. */
export function classContradiction(code: string, net: Fen, line: Fen): string {
  const figures = { net: formatYuan(net), line: formatYuan(line) }
  if (net < line) return ABOVE.includes(code) ? t('below', figures) : ''
  return BELOW.includes(code) ? t('above', figures) : ''
}

const CHECKS: Record<Stage, (v: StepValues, found: Case, net: Fen | null, line: Fen) => Messages> = {
  application: (v, found) => ({
    ...(v.difficulty.trim().length < 2 ? { difficulty: t('difficulty') } : {}),
    ...(found.kind === 'identification' && v.risks.length === 0 ? { risks: t('risks') } : {}),
  }),
  home_verification: (v) => ({
    ...dayError(v.day, 'visited_on'),
    ...Object.fromEntries(SOURCES.filter((source) => v.income[source] === null).map((source) => [`income.${source}`, t('amount')])),
    ...(v.signedBy.trim() ? {} : { 'consent.signed_by': t('signedBy') }),
    ...dayError(v.signedOn, 'consent.signed_on'),
    ...(v.signature.length ? {} : { 'consent.sha256': t('signature') }),
  }),
  village_review: (v) => {
    const [present, yes, no, none] = [v.attendees, v.votesFor, v.votesAgainst, v.abstained].map(whole)
    const errors: Messages = { ...dayError(v.day, 'met_on') }
    if (!v.chair.trim()) errors.chair = t('chair')
    if (!present) errors.attendees = t('votes')
    if (yes === null) errors.votes_for = t('votes')
    if (no === null) errors.votes_against = t('votes')
    if (none === null) errors.abstained = t('votes')
    if (present && yes !== null && no !== null && none !== null && yes !== undefined && no !== undefined && none !== undefined) {
      if (yes + no + none !== present) errors.attendees = t('add')
      else if (yes * 2 <= present) errors.votes_for = t('half')
    }
    if (v.record.trim().length < 2) errors.record = t('record')
    return errors
  },
  notice: (v): Messages => (v.place.trim().length < 2 ? { place: t('place') } : {}),
  township_review: (v) => dayError(v.day, 'checked_on'),
  county_determination: (v, found, net, line) => {
    const errors: Messages = { ...dayError(v.day, 'compared_on') }
    if (namesIn(v.departments).length === 0) errors.departments = t('departments')
    if (found.kind === 'identification') {
      if (!v.class) errors.class = t('class')
      else if (net !== null) {
        const wrong = classContradiction(v.class, net, line)
        if (wrong) errors.class = wrong
      }
      if (v.risks.length === 0) errors.risks = t('risks')
    }
    return errors
  },
}

function dayError(day: string, field: string): Messages {
  if (!day) return { [field]: t('day') }
  return day > today() ? { [field]: t('future') } : {}
}

export function checkStep(values: StepValues, found: Case, net: Fen | null, line: Fen): Messages {
  const errors = CHECKS[found.state as Stage](values, found, net, line)
  return values.opinion.trim().length < 2 ? { ...errors, opinion: t('opinion') } : errors
}

function evidenceOf(v: StepValues, found: Case): Evidence {
  const note = v.note.trim()
  const photos = v.photos.map((photo) => photo.sha256)
  const risks = found.kind === 'identification' ? v.risks : []
  switch (found.state as Stage) {
    case 'application':
      return { form: 'application', difficulty: v.difficulty.trim(), risks }
    case 'home_verification':
      return {
        form: 'home_verification',
        visited_on: v.day,
        income: Object.fromEntries(SOURCES.map((source) => [source, toYuan(v.income[source] ?? 0n)])) as Record<Source, string>,
        guarantees_ok: { ...v.guarantees },
        risks,
        consent: { signed_by: v.signedBy.trim(), signed_on: v.signedOn, sha256: v.signature[0]?.sha256 ?? '' },
        photos,
        location: v.location,
        note,
      }
    case 'village_review':
      return {
        form: 'village_review',
        met_on: v.day,
        chair: v.chair.trim(),
        attendees: Number(v.attendees),
        votes_for: Number(v.votesFor),
        votes_against: Number(v.votesAgainst),
        abstained: Number(v.abstained),
        record: v.record.trim(),
      }
    case 'notice':
      return { form: 'notice', place: v.place.trim(), photos, note }
    case 'township_review':
      return { form: 'township_review', checked_on: v.day, method: v.method, note }
    case 'county_determination':
      return {
        form: 'county_determination',
        compared_on: v.day,
        departments: namesIn(v.departments),
        findings: note,
        class: found.kind === 'identification' ? v.class : null,
        risks,
        confirmed: found.kind === 'identification' ? [] : v.confirmed,
      }
  }
}

/** The request that completes the step the case is at. */
export function stepBody(values: StepValues, found: Case): StepTake {
  return { stage: found.state as Stage, action: 'complete', to: null, opinion: values.opinion.trim(), evidence: evidenceOf(values, found) }
}

/** Names the conditions that stand in the way of an elimination; the service says of each only what is wrong. */
export function namedConditions(problem: Problem): Problem {
  if (problem.code !== 'criteria_not_met') return problem
  const errors = problem.errors.map((error) => ({ ...error, message: `${criterionName(error.path.split('.').at(-1))}：${error.message}` }))
  return new Problem(problem.status, problem.code, problem.title, problem.detail, errors, problem.extra)
}

/** The service says which form a field stands in; the form on the screen knows its fields without that. */
export function plainPaths(problem: Problem): Problem {
  const errors = problem.errors.map((error) => ({ ...error, path: error.path.replace(/^body\.evidence\.(?:(?:application|home_verification|village_review|notice|township_review|county_determination)\.)?/, 'body.') }))
  return new Problem(problem.status, problem.code, problem.title, problem.detail, errors, problem.extra)
}
