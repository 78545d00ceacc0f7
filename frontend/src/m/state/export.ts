import { shanghaiIso } from '../core/clock'
import { session } from './session'
import { unsent } from './queue'

/** The unsent records as a JSON file: to be kept elsewhere, or handed to the township with the phone's word on each. */
export function exportUnsent(): void {
  const user = session.value?.user
  if (!user) return
  const now = Date.now()
  const document_ = {
    format: 'linkage-unsent-visits',
    version: 1,
    exported_at: shanghaiIso(now),
    user: { id: user.id, username: user.username, name: user.name },
    records: unsent.value.map(({ id, state, household_id, content, refusal }) => ({
      id,
      state,
      household_id,
      household_name: content?.household_name ?? null,
      village_name: content?.village_name ?? null,
      form: content?.form ?? null,
      body: content?.body || null,
      refusal,
    })),
  }
  const url = URL.createObjectURL(new Blob([JSON.stringify(document_, null, 2)], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `未上传走访记录-${shanghaiIso(now).slice(0, 16).replace(':', '')}.json`
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
