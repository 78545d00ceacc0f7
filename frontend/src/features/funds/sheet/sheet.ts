/** The sheet of the allocation workbench as a value: every act gives a new sheet, so that it can be undone. */
import type { MoneyUnit } from '@/shared/money'
import { inOtherUnit } from './amounts'
import type { Block } from './tsv'

export const COLUMNS = ['place', 'project', 'title', 'purpose', 'amount', 'note'] as const
export type Column = (typeof COLUMNS)[number]
export type Cells = Readonly<Record<Column, string>>

export interface Row extends Cells {
  /** Stays with the row when others come or go. */
  readonly key: number
}

export interface Sheet {
  readonly rows: readonly Row[]
  readonly unit: MoneyUnit
}

export interface Cell {
  row: number
  column: number
}

/** Both corners belong to it. */
export interface Range {
  from: Cell
  to: Cell
}

/** As many lines as the ledger posts in one act. */
export const MOST_ROWS = 1000
const FIRST_ROWS = 15
const NOTHING: Cells = { place: '', project: '', title: '', purpose: '', amount: '', note: '' }

let lastKey = 0

export function blankRow(cells: Partial<Cells> = {}): Row {
  lastKey += 1
  return { ...NOTHING, ...cells, key: lastKey }
}

export function emptySheet(unit: MoneyUnit = 'wan', rows = FIRST_ROWS): Sheet {
  return { unit, rows: Array.from({ length: rows }, () => blankRow()) }
}

export function isBlank(row: Cells): boolean {
  return COLUMNS.every((column) => row[column].trim() === '')
}

export function rangeOf(a: Cell, b: Cell): Range {
  return {
    from: { row: Math.min(a.row, b.row), column: Math.min(a.column, b.column) },
    to: { row: Math.max(a.row, b.row), column: Math.max(a.column, b.column) },
  }
}

export function columnsOf(range: Range): readonly Column[] {
  return COLUMNS.slice(range.from.column, range.to.column + 1)
}

function mapRows(sheet: Sheet, range: Range, change: (row: Row, at: number) => Row): Sheet {
  return { ...sheet, rows: sheet.rows.map((row, at) => (at >= range.from.row && at <= range.to.row ? change(row, at) : row)) }
}

export function written(sheet: Sheet, at: Cell, text: string): Sheet {
  const column = COLUMNS[at.column] as Column
  if (sheet.rows[at.row]?.[column] === text) return sheet
  return mapRows(sheet, { from: at, to: at }, (row) => ({ ...row, [column]: text }))
}

export function cleared(sheet: Sheet, range: Range): Sheet {
  const empty = Object.fromEntries(columnsOf(range).map((column) => [column, '']))
  return mapRows(sheet, range, (row) => ({ ...row, ...empty }))
}

/** The first row of the range into all the others; of a single row, what stands above it. */
export function filledDown(sheet: Sheet, range: Range): Sheet {
  const one = range.from.row === range.to.row
  const source = sheet.rows[one ? range.from.row - 1 : range.from.row]
  if (!source) return sheet
  const copied = Object.fromEntries(columnsOf(range).map((column) => [column, source[column]]))
  return mapRows(sheet, range, (row) => ({ ...row, ...copied }))
}

export function inserted(sheet: Sheet, at: number, count: number): Sheet {
  const room = Math.min(count, MOST_ROWS - sheet.rows.length)
  const blanks = Array.from({ length: Math.max(room, 0) }, () => blankRow())
  return { ...sheet, rows: [...sheet.rows.slice(0, at), ...blanks, ...sheet.rows.slice(at)] }
}

/** Never leaves a sheet without a row. */
export function removed(sheet: Sheet, range: Range): Sheet {
  const rows = sheet.rows.filter((_, at) => at < range.from.row || at > range.to.row)
  return { ...sheet, rows: rows.length ? rows : [blankRow()] }
}

export function inUnit(sheet: Sheet, unit: MoneyUnit): Sheet {
  if (unit === sheet.unit) return sheet
  return { unit, rows: sheet.rows.map((row) => (row.amount ? { ...row, amount: inOtherUnit(row.amount, sheet.unit, unit) } : row)) }
}

export function copied(sheet: Sheet, range: Range): Block {
  const columns = columnsOf(range)
  return sheet.rows.slice(range.from.row, range.to.row + 1).map((row) => columns.map((column) => row[column]))
}

export interface Pasted {
  sheet: Sheet
  /** What was written over, to show it. */
  range: Range
  /** Lines that found no room. */
  cut: number
}

/** A heading says which column is which and in which unit; without one the block goes to the right of the cell. */
export function pasted(sheet: Sheet, selected: Range, block: Block): Pasted {
  const heading = readHeading(block[0] ?? [])
  const lines = (heading ? block.slice(1) : block).filter((line, at, all) => at < all.length - 1 || line.some((cell) => cell.trim()))
  const targets: (Column | null)[] = heading?.columns ?? (block[0] ?? []).map((_, n) => COLUMNS[selected.from.column + n] ?? null)
  const single = lines.length === 1 && targets.length === 1
  const columns = single ? columnsOf(selected) : targets
  const height = single ? selected.to.row - selected.from.row + 1 : lines.length
  const room = Math.min(height, MOST_ROWS - selected.from.row)
  const grown = inserted(sheet, sheet.rows.length, selected.from.row + room - sheet.rows.length)
  const touched = columns.flatMap((column) => (column ? [COLUMNS.indexOf(column)] : []))
  const range = {
    from: { row: selected.from.row, column: Math.min(...touched, selected.from.column) },
    to: { row: selected.from.row + Math.max(room, 1) - 1, column: Math.max(...touched, selected.from.column) },
  }
  const unit = heading?.unit ?? sheet.unit
  const rows = grown.rows.map((row, at) => {
    const line = lines[single ? 0 : at - selected.from.row]
    if (at < selected.from.row || at > range.to.row || !line) return row
    const cells = columns.flatMap((column, n): [Column, string][] => (column ? [[column, tidy(column, line[single ? 0 : n] ?? '', unit, sheet.unit)]] : []))
    return { ...row, ...Object.fromEntries(cells) }
  })
  return { sheet: { ...sheet, rows }, range, cut: height - room }
}

function tidy(column: Column, text: string, from: MoneyUnit, to: MoneyUnit): string {
  const plain = text.replace(/[\n\t]+/g, ' ').trim()
  return column === 'amount' && from !== to ? inOtherUnit(plain, from, to) : plain
}

const HEADINGS: readonly [RegExp, Column][] = [
  [/^(地区|村|村名|行政村|乡镇|安排到|村（社区）|村\(社区\)|place|village)$/i, 'place'],
  [/^(项目|项目名称|年度计划项目|库内项目|project)$/i, 'project'],
  [/^(事项|项目或事项|事项名称|建设内容|matter)$/i, 'title'],
  [/^(用途|资金用途|是否产业|产业|purpose)$/i, 'purpose'],
  [/^(金额|安排金额|分配金额|资金|amount)/i, 'amount'],
  [/^(备注|说明|内部备注|remark|note)$/i, 'note'],
]

/** The columns of a heading, null where one is not ours; null when this is no heading. */
export function readHeading(cells: readonly string[]): { columns: (Column | null)[]; unit: MoneyUnit | null } | null {
  const columns = cells.map((cell) => HEADINGS.find(([pattern]) => pattern.test(cell.normalize('NFKC').replace(/\s/g, '')))?.[1] ?? null)
  if (!columns.includes('amount') || new Set(columns.filter(Boolean)).size < 2) return null
  const amount = cells[columns.indexOf('amount')] ?? ''
  return { columns, unit: /万/.test(amount) ? 'wan' : /元|yuan/i.test(amount) ? 'yuan' : null }
}
