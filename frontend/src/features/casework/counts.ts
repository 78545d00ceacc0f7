/** How much waits for the person on this page: one answer for the badge, the overview and the list. */
import { shallowRef } from 'vue'
import type { WorkCounts } from '@/api/types'
import { may } from '@/shared/session'
import { countWork } from './api'

export const work = shallowRef<WorkCounts | null>(null)

const FRESH_MS = 15_000
let askedAt = 0

/** Asks again unless it has just been asked; `now` after the person has done something. */
export async function refreshWork(now = false): Promise<void> {
  if (!may('monitoring.cases:write')) {
    work.value = null
    return
  }
  if (!now && Date.now() - askedAt < FRESH_MS) return
  askedAt = Date.now()
  work.value = await countWork().catch(() => work.value) // a badge is no reason to trouble anybody
}
