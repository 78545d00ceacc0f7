import { shanghaiIso } from '../core/clock'
import { openPhoto, photosOf } from '../store/photos'
import { Unreadable, type Vault } from '../store/vault'
import { unsent, type RecordLine } from './queue'
import { session, vault } from './session'

/** The bytes as base64, in pieces that fit a call. */
function base64(bytes: ArrayBuffer): string {
  const all = new Uint8Array(bytes)
  let text = ''
  for (let at = 0; at < all.length; at += 0x8000) text += String.fromCharCode(...all.subarray(at, at + 0x8000))
  return btoa(text)
}

async function photosAsText(box: Vault, recordId: string): Promise<{ id: string; sha256: string; base64: string | null }[]> {
  const found = []
  for (const { id, sha256, received_at } of await photosOf(recordId)) {
    if (received_at) continue
    const bytes = await openPhoto(box, id).catch((error: unknown) => {
      if (!(error instanceof Unreadable)) throw error
      return null
    })
    found.push({ id, sha256, base64: bytes && base64(bytes) })
  }
  return found
}

function withoutPhotos({ id, kind, task, state, household_id, content, refusal, receipt }: RecordLine) {
  return {
    id,
    kind,
    task: task || null,
    state,
    household_id,
    household_name: content?.household_name ?? null,
    village_name: content?.village_name ?? null,
    form: content?.form ?? null,
    body: content?.body || null,
    receipt: receipt?.number ?? null,
    refusal,
  }
}

/**
 * The unsent records with their photos as a JSON file: to be kept elsewhere, or handed to the township with the phone's
 * word on each. Built piece by piece, because the photos of a sweep do not fit into one text.
 */
export async function exportUnsent(): Promise<void> {
  const [user, box] = [session.value?.user, vault.value]
  if (!user || !box) return
  const now = Date.now()
  const head = { format: 'linkage-unsent-records', version: 2, exported_at: shanghaiIso(now), user: { id: user.id, username: user.username, name: user.name } }
  const pieces: BlobPart[] = [JSON.stringify(head).slice(0, -1), ',"records":[']
  for (const [index, line] of unsent.value.entries()) {
    const record = { ...withoutPhotos(line), photos: await photosAsText(box, line.id) }
    pieces.push(index > 0 ? ',' : '', new Blob([JSON.stringify(record)]))
  }
  pieces.push(']}')
  const url = URL.createObjectURL(new Blob(pieces, { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `未上传记录-${shanghaiIso(now).slice(0, 16).replace(':', '')}.json`
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
