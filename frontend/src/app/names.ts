/** Fetches what policy calls things, once for each person who signs in. */
import { api, call } from '@/api/client'
import { adoptNames } from '@/shared/catalogue'
import { may, me } from '@/shared/session'

let loadedFor: string | null = null

/** `again` after somebody has changed them. */
export async function loadNames(again = false): Promise<void> {
  const id = me.value?.id ?? null
  if (id === loadedFor && !again) return
  loadedFor = id
  if (!may('monitoring.policy:read')) return adoptNames(null)
  try {
    adoptNames(await call(api.GET('/api/monitoring/words'), true))
  } catch {
    loadedFor = null // the glossary's words stand in; the next page asks again
  }
}
