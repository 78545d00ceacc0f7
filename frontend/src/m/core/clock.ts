/** The phone's clock may be wrong by days; what is known of that travels with each record. */

const SHANGHAI_MS = 8 * 3_600_000
/** A clock off by more than this is shown to its owner. */
export const WRONG_CLOCK_MS = 5 * 60_000

/**
 * Server time minus device time in ms, from the `Date` header of an answer, taken at the middle of
 * the exchange; null when the header is unusable. The header counts whole seconds: ±0.5 s.
 */
export function clockOffset(dateHeader: string | null, sentAt: number, receivedAt: number): number | null {
  const server = dateHeader ? Date.parse(dateHeader) : NaN
  if (Number.isNaN(server)) return null
  return Math.round(server + 500 - (sentAt + receivedAt) / 2)
}

/** 2026-11-22T14:05:09+08:00 for an instant, whatever zone the phone is set to. */
export function shanghaiIso(at: number): string {
  return `${new Date(at + SHANGHAI_MS).toISOString().slice(0, 19)}+08:00`
}

/** The value of a datetime-local input, in Shanghai time. */
export function toInputTime(at: number): string {
  return shanghaiIso(at).slice(0, 16)
}

/** The instant of a datetime-local input; null while it is empty or half typed. */
export function fromInputTime(value: string): number | null {
  const at = Date.parse(`${value}:00+08:00`)
  return Number.isNaN(at) ? null : at
}

/** 2026-11, the month in Shanghai. */
export function monthOf(at: number): string {
  return shanghaiIso(at).slice(0, 7)
}

/** Whole days between two instants by Shanghai's calendar. */
export function daysBetween(from: number, to: number): number {
  const day = (at: number) => Math.floor((at + SHANGHAI_MS) / 86_400_000)
  return day(to) - day(from)
}

let lastContact: number | null = null

/** Notes, by the clock that nobody can set, that the server has just answered. */
export function sawServer(): void {
  lastContact = performance.now()
}

/** Whole ms since the server last answered this page, whatever was done to the phone's clock; null if it has not. */
export function sinceContact(): number | null {
  return lastContact === null ? null : Math.round(performance.now() - lastContact)
}
