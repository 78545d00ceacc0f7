const FIRST_MS = 5_000
const LONGEST_MS = 600_000

/**
 * Milliseconds to wait before the next attempt: doubling from 5 s to 10 min, half of it random so
 * that a village coming back into signal does not knock on the server in step. A `Retry-After` is a
 * lower bound.
 */
export function backoffMs(attempts: number, random: () => number, retryAfterMs = 0): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(Math.max(attempts - 1, 0), 20))
  const jittered = full / 2 + (full / 2) * random()
  return Math.round(retryAfterMs > jittered ? retryAfterMs + 1_000 * random() : jittered)
}

/** `Retry-After` in milliseconds from now: delta seconds or an HTTP date; 0 when absent or nonsense. */
export function retryAfterMs(header: string | null, now: number): number {
  if (!header) return 0
  if (/^\d+$/.test(header.trim())) return Math.min(Number(header) * 1_000, 24 * 3_600_000)
  const at = Date.parse(header)
  return Number.isNaN(at) ? 0 : Math.max(0, Math.min(at - now, 24 * 3_600_000))
}
