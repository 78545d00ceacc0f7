import { sha256Hex } from './sha256'

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

/**
 * The one text of a JSON value: keys sorted, no spaces, UTF-8 (non-ASCII unescaped). The server
 * makes the same text to check the hash, so a value both sides cannot write alike is refused.
 */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (value !== null && typeof value === 'object') {
    const pairs = Object.keys(value)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key]!)}`)
    return `{${pairs.join(',')}}`
  }
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError('number is not finite')
  return JSON.stringify(value)
}

/** Hex SHA-256 of the canonical text. */
export function payloadHash(value: Json): string {
  return sha256Hex(canonicalJson(value))
}

/** Half of a surrogate pair has no UTF-8 form: some keyboards leave one when an emoji is cut. */
export function wellFormed(text: string): string {
  return text.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD')
}
