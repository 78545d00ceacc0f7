/** What a step left on record, as label and value, whatever its form. */
import type { Case, CaseStep } from '@/api/types'
import { phrases } from '@/shared/i18n'
import { formatYuan, fromYuan } from '@/shared/money'
import { guarantee } from '@/shared/terms'
import type { Fact } from '@/shared/ui/Facts.vue'
import { fieldName } from '../households/fields'
import { SOURCES } from './case-form'
import { criterionName } from './criteria-words'
import { className, method, riskNames } from './words'

const t = phrases({
  visited: ['入户日期', 'Visited on'],
  people: ['在册人口', 'People'],
  person: ['{n} 人', '{n}'],
  net: ['人均纯收入', 'Net income per head'],
  line: ['监测线', 'Line'],
  yuan: ['{n} 元', '{n} yuan'],
  unsafe: ['没有保障的', 'Not safe'],
  allSafe: ['“两不愁三保障”和饮水均有保障', 'All guarantees safe'],
  guarantees: ['两不愁三保障', 'Guarantees'],
  risks: ['风险', 'Risks'],
  consent: ['承诺授权书', 'Consent'],
  signed: ['{who} 于 {on} 签字', 'Signed by {who} on {on}'],
  photos: ['照片', 'Photos'],
  count: ['{n} 张', '{n}'],
  place: ['核实地点', 'Place'],
  at: ['北纬 {lat}，东经 {lng}，误差约 {accuracy} 米', '{lat} N, {lng} E, ±{accuracy} m'],
  note: ['备注', 'Note'],
  met: ['评议日期', 'Met on'],
  chair: ['主持人', 'Chair'],
  votes: ['表决', 'Vote'],
  voted: ['到会 {n}，赞成 {yes}，反对 {no}，弃权 {none}', '{n} present: {yes} for, {no} against, {none} abstained'],
  record: ['会议记录', 'Record'],
  posted: ['公示地点', 'Posted at'],
  checked: ['审核日期', 'Checked on'],
  method: ['审核方式', 'Method'],
  compared: ['比对日期', 'Compared on'],
  departments: ['比对部门', 'Departments'],
  findings: ['比对情况', 'Findings'],
  class: ['认定类别', 'Class'],
  helper: ['帮扶责任人', 'Helper'],
  confirmed: ['人工确认', 'Confirmed'],
  since: ['纳入日期', 'Since'],
})

type Json = Record<string, unknown>

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
}
function list(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : []
}
function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
function yuan(value: unknown): string {
  return typeof value === 'string' && value ? t('yuan', { n: formatYuan(fromYuan(value)) }) : ''
}
function fen(value: unknown): string {
  return typeof value === 'number' ? t('yuan', { n: formatYuan(BigInt(value)) }) : ''
}

/** Amounts of the form are kept in fen by the service; those of an older record in yuan. */
function amount(value: unknown): string {
  return typeof value === 'number' ? fen(value) : yuan(value)
}

export function evidenceFacts(step: CaseStep, found: Case): Fact[] {
  const e = record(step.evidence)
  const risks = (): Fact => ({ label: t('risks'), value: riskNames(found, list(e.risks)) })
  const photos = (): Fact => ({ label: t('photos'), value: list(e.photos).length ? t('count', { n: list(e.photos).length }) : '' })
  const note: Fact = { label: t('note'), value: text(e.note), wide: true }
  if (step.action === 'open') return [risks()]
  if (step.action === 'remark') return [{ label: t('class'), value: className(found, text(e.class)) }, risks(), { label: t('since'), value: text(e.since) }]
  switch (text(e.form)) {
    case 'home_verification':
      return verification(e, found, photos(), note)
    case 'village_review':
      return [
        { label: t('met'), value: text(e.met_on) },
        { label: t('chair'), value: text(e.chair) },
        { label: t('votes'), value: t('voted', { n: text(e.attendees), yes: text(e.votes_for), no: text(e.votes_against), none: text(e.abstained) }) },
        { label: t('record'), value: text(e.record), wide: true },
      ]
    case 'notice':
      return [{ label: t('posted'), value: text(e.place) }, photos(), note]
    case 'township_review':
      return [{ label: t('checked'), value: text(e.checked_on) }, { label: t('method'), value: method.label(text(e.method)) }, note]
    case 'county_determination':
      return [
        { label: t('compared'), value: text(e.compared_on) },
        { label: t('departments'), value: list(e.departments).join('、') },
        { label: t('class'), value: className(found, text(e.class)) },
        risks(),
        { label: t('helper'), value: text(e.helper_name) },
        { label: t('confirmed'), value: list(e.confirmed).map(criterionName).join('、'), wide: true },
        { label: t('findings'), value: text(e.findings), wide: true },
      ]
    default:
      return [risks(), note]
  }
}

function verification(e: Json, found: Case, photos: Fact, note: Fact): Fact[] {
  const income = record(e.income)
  const unsafe = Object.entries(record(e.guarantees_ok)).filter(([, ok]) => ok === false).map(([name]) => guarantee.label(name))
  const consent = record(e.consent)
  const place = record(e.location)
  return [
    { label: t('visited'), value: text(e.visited_on) },
    ...SOURCES.map((source) => ({ label: fieldName(source), value: amount(income[source]) })),
    { label: t('people'), value: e.people ? t('person', { n: text(e.people) }) : '' },
    { label: t('net'), value: fen(e.net_income_per_head_fen) },
    { label: t('line'), value: yuan(found.income_line) },
    { label: unsafe.length ? t('unsafe') : t('guarantees'), value: unsafe.length ? unsafe.join('、') : t('allSafe') },
    { label: t('risks'), value: riskNames(found, list(e.risks)) },
    { label: t('consent'), value: consent.signed_by ? t('signed', { who: text(consent.signed_by), on: text(consent.signed_on) }) : '' },
    photos,
    { label: t('place'), value: place.lat === undefined ? '' : t('at', { lat: Number(place.lat).toFixed(5), lng: Number(place.lng).toFixed(5), accuracy: Math.round(Number(place.accuracy)) }) },
    note,
  ]
}
