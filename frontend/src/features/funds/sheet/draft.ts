/** A half-filled sheet outlives a reload: kept in this browser for the person who typed it, numbers of persons left out. */
import type { MoneyUnit } from '@/shared/money'
import { blankRow, COLUMNS, emptySheet, isBlank, type Cells, type Sheet } from './sheet'

const PREFIX = 'linkage.allocation-sheet.'
const PERSONAL_NUMBER = /(?<![0-9A-Za-z])\d(?:[ -]?\d){9,17}[\dXx](?![0-9A-Za-z])/g
const MARK = '〔号码未保存〕'

export interface Draft {
  pool: string
  document: string
  title: string
  sheet: Sheet
  /** The key of the posting and what it was for: sent again after a lost answer, it posts nothing twice. */
  posting: { key: string; body: string } | null
}

interface Stored {
  pool: string
  document: string
  title: string
  unit: MoneyUnit
  rows: Cells[]
  posting: { key: string; digest: string } | null
}

/** Short and stable, to know the same posting again; not a safeguard. */
export function digestOf(text: string): string {
  let hash = 0xcbf29ce484222325n
  for (const sign of text) hash = BigInt.asUintN(64, (hash ^ BigInt(sign.codePointAt(0) ?? 0)) * 0x100000001b3n)
  return hash.toString(16)
}

/** A village code is kept: it names no person. */
function impersonal(text: string): string {
  return text.replace(PERSONAL_NUMBER, MARK)
}

export function keepDraft(user: string, draft: Draft): void {
  const filled = draft.sheet.rows.findLastIndex((row) => !isBlank(row)) + 1
  const rows = draft.sheet.rows.slice(0, filled).map((row) => ({ ...pick(row), title: impersonal(row.title), note: impersonal(row.note) }))
  const stored: Stored = { pool: draft.pool, document: draft.document, title: impersonal(draft.title), unit: draft.sheet.unit, rows, posting: draft.posting && { key: draft.posting.key, digest: digestOf(draft.posting.body) } }
  try {
    if (rows.length || stored.title) localStorage.setItem(PREFIX + user, JSON.stringify(stored))
    else localStorage.removeItem(PREFIX + user)
  } catch {
    // storage forbidden or full: the sheet lasts for this page
  }
}

function pick(row: Cells): Cells {
  return Object.fromEntries(COLUMNS.map((column) => [column, row[column]])) as Cells
}

export interface Kept {
  pool: string
  document: string
  title: string
  sheet: Sheet
  lines: number
  posting: { key: string; digest: string } | null
}

export function keptDraft(user: string): Kept | null {
  try {
    const stored = JSON.parse(localStorage.getItem(PREFIX + user) ?? 'null') as Partial<Stored> | null
    if (!stored || !Array.isArray(stored.rows)) return null
    const unit = stored.unit === 'yuan' ? 'yuan' : 'wan'
    const rows = stored.rows.map((cells) => blankRow(Object.fromEntries(COLUMNS.map((column) => [column, String(cells[column] ?? '')]))))
    const spare = emptySheet(unit).rows.slice(rows.length)
    return { pool: stored.pool ?? '', document: stored.document ?? '', title: stored.title ?? '', posting: stored.posting ?? null, lines: rows.length, sheet: { unit, rows: [...rows, ...spare, blankRow()] } }
  } catch {
    return null // storage forbidden or spoiled
  }
}

export function dropDraft(user: string): void {
  try {
    localStorage.removeItem(PREFIX + user)
  } catch {
    // storage forbidden: there is none
  }
}
