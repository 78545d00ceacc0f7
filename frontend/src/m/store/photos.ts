import type { PhotoKind } from '../core/types'
import type { SentPhoto } from '../core/verdict'
import { database, type StoredPhoto, writing } from './db'
import type { Vault } from './vault'

const sealName = (id: string) => `photo:${id}`

export interface NewPhoto extends SentPhoto {
  owner: string
  record_id: string
  kind: PhotoKind
  bytes: ArrayBuffer
}

/** Keeps a photo; resolves when it is on the disk, rejects when the phone has no space. */
export async function savePhoto(vault: Vault, { bytes, ...photo }: NewPhoto): Promise<void> {
  const content = await vault.sealBytes(sealName(photo.id), bytes)
  const tx = await writing('photos')
  await tx.objectStore('photos').put({ ...photo, received_at: null, content })
  await tx.done
}

/** The photos of a record, without opening them, in the order taken. */
export async function photosOf(recordId: string): Promise<StoredPhoto[]> {
  return (await database()).getAllFromIndex('photos', 'record_id', recordId)
}

/** How many photos each record of one user has, and how many of them the server has. No picture is read for it. */
export async function photoCounts(owner: string): Promise<Map<string, { sent: number; total: number }>> {
  const photos = (await database()).transaction('photos').objectStore('photos')
  const mine = IDBKeyRange.bound([owner], [owner, []])
  const counts = new Map<string, { sent: number; total: number }>()
  for (let at = await photos.index('of_record').openKeyCursor(mine); at; at = await at.continue()) {
    const known = counts.get(at.key[1])
    if (known) known.total += 1
    else counts.set(at.key[1], { sent: 0, total: 1 })
  }
  for (let at = await photos.index('received').openKeyCursor(mine); at; at = await at.continue()) {
    const known = counts.get(at.key[1])
    if (known) known.sent += 1
  }
  return counts
}

/** The bytes of a photo; null when it is not on this phone. Throws Unreadable. */
export async function openPhoto(vault: Vault, id: string): Promise<ArrayBuffer | null> {
  const stored = await (await database()).get('photos', id)
  return stored ? vault.openBytes(sealName(id), stored.content) : null
}

/** Takes a photo out of a draft; one that its record has named stays. */
export async function dropPhoto(id: string): Promise<void> {
  const tx = await writing('photos', 'outbox', 'receipts')
  const photo = await tx.objectStore('photos').get(id)
  const [queued, accepted] = photo
    ? await Promise.all([tx.objectStore('outbox').getKey(photo.record_id), tx.objectStore('receipts').getKey(photo.record_id)])
    : []
  if (photo && !queued && !accepted) await tx.objectStore('photos').delete(id)
  await tx.done
}
