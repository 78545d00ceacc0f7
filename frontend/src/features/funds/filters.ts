import type { Allocation, SourceLevel } from '@/api/types'
import { sourceLevel } from '@/shared/terms'

const FIRST_YEAR = 2021

/** The years since linkage funds exist, newest first. */
export function yearOptions(now: Date = new Date()): { value: string; label: string }[] {
  const last = now.getFullYear()
  return Array.from({ length: last - FIRST_YEAR + 1 }, (_, back) => {
    const year = String(last - back)
    return { value: year, label: year }
  })
}

/** What the address says as request parameters; nonsense in an address is left out. */
export function byYear(filters: { year: string; source_level: string }): { year?: number; source_level?: SourceLevel } {
  const source = sourceLevel.known(filters.source_level)
  return {
    ...(/^\d{4}$/.test(filters.year) ? { year: Number(filters.year) } : {}),
    ...(source ? { source_level: source } : {}),
  }
}

export function statusOf(text: string): Allocation['status'] | undefined {
  return text === 'allocated' || text === 'reversed' ? text : undefined
}
