import { describe, expect, it } from 'vitest'
import type { ProjectRow } from '@/api/types'
import { fromYuan } from '@/shared/money'
import { Problem } from '@/shared/problem'
import { readAmount } from './amounts'
import { keepDraft, keptDraft } from './draft'
import { useHistory } from './history'
import { judgeOf, readPurpose, verdictOf } from './judge'
import { Places } from './places'
import { blankRow, cleared, copied, emptySheet, filledDown, inserted, inUnit, MOST_ROWS, pasted, rangeOf, removed, written, type Cell, type Sheet } from './sheet'
import { formatTsv, parseTsv } from './tsv'
import { namedRows } from './workbench'

const at = (row: number, column: number): Cell => ({ row, column })
const one = (row: number, column: number) => rangeOf(at(row, column), at(row, column))
const places = new Places([
  { code: '431081106', name: '州门司镇', township: null },
  { code: '431081106226', name: '道塘村', township: '州门司镇' },
  { code: '431081107201', name: '黄家村', township: '兴宁镇' },
  { code: '431081108201', name: '黄家村', township: '白廊镇' },
])
const project = { id: 'p1', name: '道塘村油茶', region_code: '431081106226', purpose: 'industry' } as ProjectRow
const known = { places, projects: [project], year: 2026, libraryOnly: false }

function sheetOf(...rows: Record<string, string>[]): Sheet {
  return { unit: 'wan', rows: rows.map((cells) => blankRow(cells)) }
}

describe('the clipboard of a spreadsheet', () => {
  it('reads quoted cells with tabs, line ends and quotes, and no row after the last line end', () => {
    expect(parseTsv('道塘村\t12.5\r\n"黄\n家"\t"说""好"""\r\n')).toEqual([['道塘村', '12.5'], ['黄\n家', '说"好"']])
  })
  it('gives back what it was given', () => {
    const block = [['a\tb', '"', ''], ['1,234', 'x\ny', '。']]
    expect(parseTsv(formatTsv(block))).toEqual(block)
  })
})

describe('an amount of somebody else’s sheet', () => {
  it.each([
    ['12.5', 'wan', 12_500_000n], ['1,234.56', 'yuan', 123_456n], ['￥１２，０００', 'yuan', 1_200_000n], ['3万元', 'yuan', 3_000_000n], ['30000元', 'wan', 3_000_000n], ['0.000001', 'wan', 1n],
  ] as const)('%s in %s', (text, unit, fen) => expect(readAmount(text, unit)).toBe(fen))
  it.each(['', '十二', '-5', '1.2.3', '0.0000001', '12 亩'])('%s is none', (text) => expect(readAmount(text, 'wan')).toBeNull())
})

describe('a sheet', () => {
  it('takes a block at the chosen cell and grows for it', () => {
    const done = pasted(emptySheet('wan', 2), one(1, 0), [['道塘村', '', '油茶', '产业发展', '12.5'], ['黄家村', '', '道路', '基础设施', '3']])
    expect(done.sheet.rows).toHaveLength(3)
    expect(done.sheet.rows[2]).toMatchObject({ place: '黄家村', title: '道路', purpose: '基础设施', amount: '3' })
    expect(done.range).toEqual(rangeOf(at(1, 0), at(2, 4)))
  })
  it('follows a heading, in its order and in its unit, and leaves foreign columns out', () => {
    const { sheet } = pasted(emptySheet(), one(0, 3), [['序号', '金额（元）', '村名', '用途'], ['1', '125,000', '道塘村', '产业']])
    expect(sheet.rows[0]).toMatchObject({ amount: '12.5', place: '道塘村', purpose: '产业', title: '' })
  })
  it('fills a range with a single cell, and down from its first row or the row above', () => {
    const start = pasted(emptySheet(), rangeOf(at(0, 4), at(2, 4)), [['5']]).sheet
    expect(copied(start, rangeOf(at(0, 4), at(3, 4)))).toEqual([['5'], ['5'], ['5'], ['']])
    expect(filledDown(start, rangeOf(at(2, 4), at(4, 4))).rows[4]?.amount).toBe('5')
    expect(filledDown(start, one(3, 4)).rows[3]?.amount).toBe('5')
  })
  it('says how many lines found no room', () => {
    const done = pasted(emptySheet('wan', 2), one(MOST_ROWS - 1, 0), Array.from({ length: 3 }, () => ['道塘村', 'x']))
    expect([done.sheet.rows.length, done.cut]).toEqual([MOST_ROWS, 2])
  })
  it('loses nothing when the unit changes there and back', () => {
    const sheet = sheetOf({ amount: '12.345678' }, { amount: '不详' })
    expect(inUnit(inUnit(sheet, 'yuan'), 'wan').rows.map((row) => row.amount)).toEqual(['12.345678', '不详'])
    expect(inUnit(sheet, 'yuan').rows[0]?.amount).toBe('123456.78')
  })
  it('keeps at least one row, and the rows around an inserted one', () => {
    expect(removed(emptySheet('wan', 2), rangeOf(at(0, 0), at(1, 0))).rows).toHaveLength(1)
    const sheet = sheetOf({ place: 'a' }, { place: 'b' })
    expect(inserted(sheet, 1, 1).rows.map((row) => row.place)).toEqual(['a', '', 'b'])
  })
  it('is undone and done again, act by act', () => {
    const history = useHistory(emptySheet())
    const first = history.value.value
    history.commit(written(first, at(0, 0), '道塘村'))
    history.commit(cleared(history.value.value, one(0, 0)))
    history.undo()
    expect(history.value.value.rows[0]?.place).toBe('道塘村')
    history.undo()
    expect(history.value.value).toBe(first)
    history.redo()
    expect(history.value.value.rows[0]?.place).toBe('道塘村')
    history.commit(written(history.value.value, at(0, 0), '道塘村'))
    expect(history.mayRedo.value).toBe(true)
  })
})

describe('what a line means', () => {
  const lineOf = (cells: Record<string, string>, given = known) => judgeOf(given)(sheetOf(cells))[0]!

  it.each([['431081106226'], ['道塘村'], ['道塘'], ['道塘村村委会'], ['州门司镇道塘村'], ['州门司镇 道塘村']])('knows the village in %s', (place) => {
    expect(lineOf({ place }).place?.code).toBe('431081106226')
  })
  it('marks a place that nobody or more than one is called', () => {
    expect(lineOf({ place: '无名村' }).faults.place).toContain('没有叫“无名村”')
    expect(lineOf({ place: '黄家村' }).faults.place).toContain('兴宁镇 黄家村、白廊镇 黄家村')
    expect(lineOf({ place: '白廊镇黄家村' }).place?.code).toBe('431081108201')
    expect(places.write(places.get('431081108201')!)).toBe('白廊镇 黄家村')
  })
  it.each([['产业', 'industry'], ['是', 'industry'], ['基础', 'infrastructure'], ['other', 'other'], ['否', 'not_industry'], ['吃喝', null]])('reads the purpose %s', (text, found) => {
    expect(readPurpose(text)).toBe(found)
  })
  it('takes place, purpose and name from the project, and refuses others', () => {
    expect(lineOf({ project: '道塘村油茶', amount: '1' })).toMatchObject({ title: '道塘村油茶', purpose: 'industry', faults: {} })
    expect(Object.keys(lineOf({ project: '道塘村油茶', amount: '1', place: '州门司镇', purpose: '其他' }).faults)).toEqual(['place', 'purpose'])
  })
  it('wants a project of the plan once the rule is in force', () => {
    expect(lineOf({ place: '道塘村', title: '油茶', purpose: '产业', amount: '1' }, { ...known, libraryOnly: true }).faults.project).toContain('2026 年度')
  })
  it('refuses numbers of persons in what is published', () => {
    expect(lineOf({ title: '奖补 431081197001011234', place: '道塘村', purpose: '产业', amount: '1' }).faults.title).toContain('身份证号')
  })
  it('judges only what has changed', () => {
    const judge = judgeOf(known)
    const sheet = sheetOf({ place: '道塘村' }, { place: '黄家村' })
    const before = judge(sheet)
    const after = judge(written(sheet, at(1, 2), '油茶'))
    expect([after[0] === before[0], after[1] === before[1]]).toEqual([true, false])
  })
})

describe('the headroom under the lines', () => {
  const pool = { received: fromYuan('1000.00'), allocatedIndustry: 0n, allocatedOther: fromYuan('400.00'), floorBp: 5500 }
  const lines = judgeOf(known)({ ...sheetOf({ place: '道塘村', title: 'a', purpose: '产业', amount: '100' }, { place: '道塘村', title: 'b', purpose: '其他', amount: '50' }, { place: '道塘村', title: 'c', purpose: '其他', amount: '0.01' }), unit: 'yuan' })

  it('names the exact shortfall and the lines from the first that no longer fits', () => {
    const verdict = verdictOf(lines, pool)
    expect(verdict.refusal).toEqual({ reason: 'industry_floor_broken', shortfall: 1n })
    expect([...verdict.beyond.keys()]).toEqual([2])
    expect([verdict.total, verdict.industry, verdict.other]).toEqual([15_001n, 10_000n, 5_001n])
  })
  it('is silent when all fit', () => expect(verdictOf(lines.slice(0, 2), pool)).toMatchObject({ refusal: null, beyond: new Map() }))
})

describe('the draft in the browser', () => {
  it('comes back without numbers of persons', () => {
    keepDraft('u1', { pool: 'p', document: '', title: '首批', sheet: sheetOf({ place: '431081106226', note: '联系 13800138000' }, {}), posting: { key: 'k', body: 'b' } })
    const stored = localStorage.getItem('linkage.allocation-sheet.u1') ?? ''
    expect(stored).not.toContain('13800138000')
    expect(keptDraft('u1')).toMatchObject({ title: '首批', lines: 1, posting: { key: 'k' } })
    expect(keptDraft('u1')?.sheet.rows[0]?.place).toBe('431081106226')
    expect(keptDraft('u2')).toBeNull()
  })
})

describe('the ledger’s refusal', () => {
  it('finds the rows of the sheet that its lines stand in', () => {
    const problem = new Problem(422, 'x', '', '都不行', [{ path: 'body.lines.1.amount', code: 'a', message: '超出计划资金' }])
    expect([...namedRows(problem, [0, 4])]).toEqual([[4, '未入账：超出计划资金']])
  })
})
