/** Amounts as they stand in other people's sheets: separators, currency signs, full-width digits, a unit behind. */
import { exactWan, parseTyped, toYuan, type Fen, type MoneyUnit } from '@/shared/money'

/** Fen, or null when it is no amount; a unit that is written wins over that of the column. Nothing is rounded. */
export function readAmount(text: string, unit: MoneyUnit): Fen | null {
  const plain = text.normalize('NFKC').replace(/[¥￥\s]/g, '')
  const parts = /^(.*?)(万元|万|元)?$/.exec(plain)
  const said = parts?.[2]
  return parseTyped(parts?.[1] ?? '', said ? (said === '元' ? 'yuan' : 'wan') : unit)
}

export function writeAmount(fen: Fen, unit: MoneyUnit): string {
  return unit === 'wan' ? exactWan(fen) : toYuan(fen)
}

/** The same amount in the other unit; what is no amount stays as it was typed. */
export function inOtherUnit(text: string, from: MoneyUnit, to: MoneyUnit): string {
  const fen = text.trim() ? readAmount(text, from) : null
  return fen === null ? text : writeAmount(fen, to)
}
