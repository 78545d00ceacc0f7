/**
 * Money is whole fen (分) in a bigint: no float ever touches it.
 * The API speaks decimal yuan strings ("1234.50"); people read 万元 with two decimals.
 */
export type Fen = bigint

const FEN_PER_YUAN = 100n
const FEN_PER_WAN = 1_000_000n
const YUAN = /^(-?)(\d{1,15})(?:\.(\d{1,2}))?$/

function abs(value: bigint): bigint {
  return value < 0n ? -value : value
}

/** "1234.5" → 123450n. Throws RangeError on anything that is not a decimal yuan string. */
export function fromYuan(text: string): Fen {
  const parts = YUAN.exec(text)
  if (!parts) throw new RangeError(`not an amount in yuan: ${text}`)
  const [, sign, whole, cents = ''] = parts
  const fen = BigInt(whole as string) * FEN_PER_YUAN + BigInt(cents.padEnd(2, '0'))
  return sign ? -fen : fen
}

/** 123450n → "1234.50", as the API wants it. */
export function toYuan(fen: Fen): string {
  const positive = abs(fen)
  const text = `${positive / FEN_PER_YUAN}.${String(positive % FEN_PER_YUAN).padStart(2, '0')}`
  return fen < 0n ? `-${text}` : text
}

function grouped(text: string): string {
  return text.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}

/** 123450n → "1,234.50": the exact amount for a hover or a document. */
export function formatYuan(fen: Fen): string {
  const [whole, cents] = toYuan(fen).split('.') as [string, string]
  return `${grouped(whole)}.${cents}`
}

/** 12_345_678_901n → "12,345.68": 万元, two decimals, rounded half away from zero. */
export function formatWan(fen: Fen): string {
  const unit = FEN_PER_WAN / 100n
  const hundredths = (abs(fen) + unit / 2n) / unit
  const text = `${grouped(String(hundredths / 100n))}.${String(hundredths % 100n).padStart(2, '0')}`
  return fen < 0n && hundredths > 0n ? `-${text}` : text
}

/** 12_345_678n → "12.345678": 万元 without any rounding, for an input that must lose nothing. */
export function exactWan(fen: Fen): string {
  const positive = abs(fen)
  const fraction = String(positive % FEN_PER_WAN).padStart(6, '0').replace(/0+$/, '')
  const text = `${positive / FEN_PER_WAN}${fraction ? `.${fraction}` : ''}`
  return fen < 0n ? `-${text}` : text
}

export type MoneyUnit = 'wan' | 'yuan'

/**
 * What a person typed, in 万元 (to six decimals) or 元 (to two), to fen; thousands separators and
 * spaces allowed, a minus only where an amount may be a loss. null when it is not an amount; never rounds what was typed.
 */
export function parseTyped(text: string, unit: MoneyUnit, signed = false): Fen | null {
  const plain = text.replace(/[,\uff0c\s]/g, '')
  const decimals = unit === 'wan' ? 6 : 2
  const parts = /^(-?)(\d{1,13})(?:\.(\d*))?$/.exec(plain)
  if (!parts || (parts[1] && !signed)) return null
  const fraction = (parts[3] ?? '').replace(/0+$/, '')
  if (fraction.length > decimals) return null
  const fen = BigInt(parts[2] as string) * 10n ** BigInt(decimals) + BigInt(fraction.padEnd(decimals, '0') || '0')
  return parts[1] ? -fen : fen
}

/** For an API amount that may be absent. */
export function wanOf(yuan: string | null | undefined): string {
  return yuan ? formatWan(fromYuan(yuan)) : '—'
}

export function sum(amounts: Iterable<Fen>): Fen {
  let total = 0n
  for (const amount of amounts) total += amount
  return total
}
