/** What the lines of a sheet mean and what is wrong with them, before the ledger is asked. */
import type { ProjectRow, Purpose } from '@/api/types'
import { phrases } from '@/shared/i18n'
import { sum, type Fen, type MoneyUnit } from '@/shared/money'
import { headroomTotal, otherCeiling, refusal, withDraft, type DraftLine, type PoolState, type Refusal } from '@/shared/pool'
import { purpose as purposes } from '@/shared/terms'
import { readAmount } from './amounts'
import { labelOf, type Place, type Places } from './places'
import { isBlank, type Column, type Row, type Sheet } from './sheet'

const t = phrases({
  noPlace: ['请填写村或乡镇', 'Enter a village or township'],
  unknown: ['没有叫“{text}”的乡镇或村', 'No township or village is called “{text}”'],
  several: ['“{text}”不止一个：{names}', '“{text}” is more than one: {names}'],
  noProject: ['{year} 年度资金只能安排给年度计划内的项目', 'Money of {year} goes only to projects of its plan'],
  unknownProject: ['年度计划内没有“{text}”', 'The yearly plan has no “{text}”'],
  otherPlace: ['应与项目所在地“{name}”一致', 'The project is in {name}'],
  otherPurpose: ['应与项目用途“{name}”一致', 'The project is for {name}'],
  noTitle: ['请填写项目或事项名称', 'Enter the project or matter'],
  longTitle: ['名称不超过 200 个字', 'At most 200 characters'],
  personal: ['名称会对外公示，不要写身份证号、电话或账号', 'Published: no identity, telephone or account numbers'],
  noPurpose: ['请选择用途', 'Choose a purpose'],
  unknownPurpose: ['没有“{text}”这种用途', 'No purpose is called “{text}”'],
  notIndustry: ['非产业请写明：基础设施、公共服务或其他', 'Say which: infrastructure, public service or other'],
  noAmount: ['请填写金额', 'Enter the amount'],
  badAmount: ['金额写法不对，例如 12.5', 'Not an amount, e.g. 12.5'],
  longNote: ['备注不超过 1000 个字', 'At most 1,000 characters'],
  beyondLine: ['从这一行起超出产业占比红线', 'From here on beyond the red line'],
  beyondMoney: ['从这一行起超出可用资金', 'From here on beyond the money'],
})

/** Eleven to nineteen digits in a row: telephone, identity and account numbers. */
const PERSONAL_NUMBER = /(?<![0-9A-Za-z])\d(?:[ -]?\d){9,17}[\dXx](?![0-9A-Za-z])/
const MOST_TITLE = 200
const MOST_NOTE = 1000

export type Faults = Partial<Record<Column, string>>

export interface Line {
  /** Where it stands in the sheet, from 0. */
  at: number
  key: number
  place: Place | null
  project: ProjectRow | null
  title: string
  purpose: Purpose | null
  amount: Fen | null
  note: string
  faults: Faults
}

export interface Known {
  places: Places
  projects: readonly ProjectRow[]
  year: number
  /** Money of the year goes only to projects of its plan. */
  libraryOnly: boolean
}

/** Judges sheets against what is known; a row that has not changed gives the very same line. Blank rows are no lines. */
export function judgeOf(known: Known): (sheet: Sheet) => Line[] {
  let unit: MoneyUnit | null = null
  let judged = new WeakMap<Row, Line>()
  return (sheet) => {
    if (sheet.unit !== unit) judged = new WeakMap()
    unit = sheet.unit
    return sheet.rows.flatMap((row, at) => {
      if (isBlank(row)) return []
      const before = judged.get(row)
      const line = before?.at === at ? before : lineOf(row, at, sheet.unit, known)
      judged.set(row, line)
      return [line]
    })
  }
}

function lineOf(row: Row, at: number, unit: MoneyUnit, known: Known): Line {
  const faults: Faults = {}
  const project = findProject(row, known, faults)
  const place = findPlace(row, project, known, faults)
  const title = row.title.trim() || project?.name || ''
  if (!title) faults.title = t('noTitle')
  else if (title.length > MOST_TITLE) faults.title = t('longTitle')
  else if (PERSONAL_NUMBER.test(title)) faults.title = t('personal')
  const purpose = findPurpose(row, project, faults)
  const amount = row.amount.trim() ? readAmount(row.amount, unit) : null
  if (amount === null || amount <= 0n) faults.amount = row.amount.trim() ? t('badAmount') : t('noAmount')
  if (row.note.trim().length > MOST_NOTE) faults.note = t('longNote')
  return { at, key: row.key, place, project, title, purpose, amount: faults.amount ? null : amount, note: row.note.trim(), faults }
}

function findProject(row: Row, { projects, libraryOnly, year }: Known, faults: Faults): ProjectRow | null {
  const text = row.project.trim()
  if (!text) {
    if (libraryOnly) faults.project = t('noProject', { year })
    return null
  }
  const found = projects.find((one) => one.id === text) ?? projects.find((one) => one.name === text)
  if (!found) faults.project = t('unknownProject', { text })
  return found ?? null
}

function findPlace(row: Row, project: ProjectRow | null, { places }: Known, faults: Faults): Place | null {
  const text = row.place.trim()
  const own = project ? places.get(project.region_code) ?? null : null
  if (!text) {
    if (!own) faults.place = t('noPlace')
    return own
  }
  const match = places.find(text)
  if (!('place' in match)) {
    faults.place = match.candidates.length ? t('several', { text, names: match.candidates.map(labelOf).join('、') }) : t('unknown', { text })
    return null
  }
  if (own && match.place.code !== own.code) faults.place = t('otherPlace', { name: labelOf(own) })
  return match.place
}

const YES = /^(是|产业|产业类|产业项目|yes|y)$/i
const NO = /^(否|非产业|非产业类|no|n)$/i

/** By its name, its identifier, or 是/否 of a column that asks whether it is industry. */
export function readPurpose(text: string): Purpose | 'not_industry' | null {
  const plain = text.normalize('NFKC').trim()
  const code = purposes.codes.find((one) => one === plain || purposes.label(one) === plain || purposes.label(one).startsWith(plain))
  if (code) return code
  if (YES.test(plain)) return 'industry'
  return NO.test(plain) ? 'not_industry' : null
}

function findPurpose(row: Row, project: ProjectRow | null, faults: Faults): Purpose | null {
  const text = row.purpose.trim()
  if (!text) {
    if (!project?.purpose) faults.purpose = t('noPurpose')
    return project?.purpose ?? null
  }
  const found = readPurpose(text)
  if (found === null || found === 'not_industry') {
    faults.purpose = found ? t('notIndustry') : t('unknownPurpose', { text })
    return null
  }
  if (project?.purpose && project.purpose !== found) faults.purpose = t('otherPurpose', { name: purposes.label(project.purpose) })
  return found
}

/** What counts towards the headroom already: amounts whose purpose is known. */
export function draftOf(lines: readonly Line[]): DraftLine[] {
  return lines.flatMap((line) => (line.purpose && line.amount ? [{ industry: line.purpose === 'industry', amount: line.amount }] : []))
}

export interface Verdict {
  refusal: Refusal | null
  /** By place in the sheet: the lines from the first that no longer fits, as the ledger would name them. */
  beyond: Map<number, string>
  total: Fen
  industry: Fen
  other: Fen
}

export function verdictOf(lines: readonly Line[], pool: PoolState): Verdict {
  const counted = lines.filter((line) => line.purpose && line.amount)
  const amounts = (industry: boolean): Fen => sum(counted.filter((line) => (line.purpose === 'industry') === industry).map((line) => line.amount ?? 0n))
  const found = { refusal: refusal(withDraft(pool, draftOf(lines))), beyond: new Map<number, string>(), industry: amounts(true), other: amounts(false) }
  if (found.refusal) {
    const line = found.refusal.reason === 'industry_floor_broken'
    const limit = line ? otherCeiling(pool) - pool.allocatedOther : headroomTotal(pool)
    let taken = 0n
    for (const one of counted) {
      if (line && one.purpose === 'industry') continue
      taken += one.amount ?? 0n
      if (taken > limit) found.beyond.set(one.at, t(line ? 'beyondLine' : 'beyondMoney'))
    }
  }
  return { ...found, total: found.industry + found.other }
}

export function hasFaults(line: Line): boolean {
  return Object.keys(line.faults).length > 0
}
