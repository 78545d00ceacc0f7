/** Dates as a bureau writes them, always in Asia/Shanghai whatever the computer thinks. */
const ZONE = 'Asia/Shanghai'

const parts = new Intl.DateTimeFormat('en-CA', {
  timeZone: ZONE,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})

const DATE_ONLY = /^(\d{4})-(\d{2})-(\d{2})$/

function pieces(value: string | Date): Record<'year' | 'month' | 'day' | 'hour' | 'minute', string> | null {
  if (typeof value === 'string') {
    const date = DATE_ONLY.exec(value)
    if (date) return { year: date[1]!, month: date[2]!, day: date[3]!, hour: '00', minute: '00' }
  }
  const at = typeof value === 'string' ? new Date(value) : value
  if (Number.isNaN(at.getTime())) return null
  const found = Object.fromEntries(parts.formatToParts(at).map((part) => [part.type, part.value]))
  return found as Record<'year' | 'month' | 'day' | 'hour' | 'minute', string>
}

/** 2026-11-22, for tables. */
export function formatDate(value: string | Date | null | undefined): string {
  const p = value ? pieces(value) : null
  return p ? `${p.year}-${p.month}-${p.day}` : '—'
}

/** 2026-11-22 14:05, for histories and receipts. */
export function formatDateTime(value: string | Date | null | undefined): string {
  const p = value ? pieces(value) : null
  return p ? `${p.year}-${p.month}-${p.day} ${p.hour}:${p.minute}` : '—'
}

/** 2026年11月22日, for documents. */
export function formatDateLong(value: string | Date | null | undefined): string {
  const p = value ? pieces(value) : null
  return p ? `${p.year}年${Number(p.month)}月${Number(p.day)}日` : '—'
}

/** Today's date in Asia/Shanghai as 2026-11-22. */
export function today(): string {
  return formatDate(new Date())
}

/** Whole years lived on a day, for a birth date like 1958-03-02. */
export function ageOn(birth: string, day: string = today()): number | null {
  const from = DATE_ONLY.exec(birth)
  const to = DATE_ONLY.exec(day)
  if (!from || !to) return null
  const years = Number(to[1]) - Number(from[1])
  return `${to[2]}${to[3]}` < `${from[2]}${from[3]}` ? years - 1 : years
}

/** A date however it was typed — 2026-11-22, 2026.11.22, 2026年11月22日, 20261122 — as 2026-11-22; null when it is none. */
export function parseTypedDate(text: string): string | null {
  const plain = text.trim()
  const found = /^(\d{4})(\d{2})(\d{2})$/.exec(plain) ?? /^(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?$/.exec(plain)
  if (!found) return null
  const date = `${found[1]}-${found[2]!.padStart(2, '0')}-${found[3]!.padStart(2, '0')}`
  const at = new Date(`${date}T00:00:00Z`)
  return Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== date ? null : date
}
