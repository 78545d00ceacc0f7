import { type StoredSession, writing } from './db'

/**
 * Takes a user's data off the phone: villages, receipted records with their photos, the session. Unsent records stay, sealed
 * under their writer's key, until that person signs in again; the key goes only when nothing needs it.
 */
export async function wipeUser(owner: string): Promise<void> {
  const tx = await writing('drafts', 'outbox', 'receipts', 'photos', 'packs', 'keys', 'meta')
  const [packs, receipts, drafts, outbox] = await Promise.all([
    tx.objectStore('packs').index('owner').getAllKeys(owner),
    tx.objectStore('receipts').index('owner').getAllKeys(owner),
    tx.objectStore('drafts').index('owner').count(owner),
    tx.objectStore('outbox').index('owner').count(owner),
  ])
  for (const key of packs) await tx.objectStore('packs').delete(key)
  for (const key of receipts) {
    await tx.objectStore('receipts').delete(key)
    for (const photo of await tx.objectStore('photos').index('record_id').getAllKeys(key)) await tx.objectStore('photos').delete(photo)
  }
  if (drafts + outbox === 0) await tx.objectStore('keys').delete(owner)
  const session = (await tx.objectStore('meta').get('session')) as StoredSession | undefined
  if (session?.user.id === owner) await tx.objectStore('meta').delete('session')
  await tx.objectStore('meta').delete('hold')
  await tx.done
}
