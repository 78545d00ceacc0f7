import { canonicalJson, payloadHash } from '@/shared/canonical'
import type { Kind } from '../core/kinds'
import { type Act, may, NEW_DRAFT, settle, settlePhoto, step } from '../core/states'
import type { BaseForm, RecordBody } from '../core/types'
import type { Verdict } from '../core/verdict'
import { database, type StoredReceipt, type StoredRecord, writing } from './db'
import type { Vault } from './vault'

/** What was written down, with enough of the household to name it when its pack is gone. */
export interface RecordContent {
  household_name: string
  group_name: string
  village_name: string
  form: BaseForm
  /** The canonical text of the body; '' while a draft. Sent as it stands, however often. */
  body: string
}

/** Days that a receipted record stays on the phone for its owner to look at. */
const KEEP_MS = 30 * 86_400_000

type Names = Pick<RecordContent, 'household_name' | 'group_name' | 'village_name'>

export interface DraftInput extends Names {
  id: string
  kind: Kind
  task: string
  owner: string
  household_id: string
  form: BaseForm
}

async function drafted(vault: Vault, input: DraftInput, known: StoredRecord | undefined, now: number): Promise<StoredRecord> {
  const { id, kind, task, owner, household_id, form, household_name, group_name, village_name } = input
  const content: RecordContent = { household_name, group_name, village_name, form, body: '' }
  const sealed = await vault.seal(id, content)
  const begun = known ?? { ...NEW_DRAFT, created_at: now }
  return { ...begun, id, kind, task, owner, household_id, visited_at: form.visited_at, updated_at: now, payload_hash: '', photos: [], content: sealed }
}

/** Saves a draft; resolves when it is on the disk. A record already closed stays as it was closed. */
export async function saveDraft(vault: Vault, input: DraftInput, now: number): Promise<void> {
  const known = await (await database()).get('drafts', input.id)
  const record = await drafted(vault, input, known, now)
  const tx = await writing('drafts', 'outbox', 'receipts')
  if (!(await isClosed(tx, input.id))) await tx.objectStore('drafts').put(record)
  await tx.done
}

type ClosedTx = Awaited<ReturnType<typeof writing<['drafts', 'outbox', 'receipts']>>>

async function isClosed(tx: ClosedTx, id: string): Promise<boolean> {
  const [queued, accepted] = await Promise.all([
    tx.objectStore('outbox').getKey(id),
    tx.objectStore('receipts').getKey(id),
  ])
  return queued !== undefined || accepted !== undefined
}

/**
 * Closes a draft: its body is fixed, hashed and queued. Resolves after `oncomplete`; a second tap
 * finds the record closed and changes nothing. Rejects (the draft stays) when the phone has no space.
 */
export async function closeDraft(vault: Vault, input: DraftInput, body: RecordBody, now: number): Promise<void> {
  const known = await (await database()).get('drafts', input.id)
  const draft = await drafted(vault, input, known, now)
  const { household_name, group_name, village_name, form } = input
  const content: RecordContent = { household_name, group_name, village_name, form, body: canonicalJson(body) }
  const sealed = await vault.seal(input.id, content)
  const photos = form.photos.map(({ id, sha256 }) => ({ id, sha256 }))
  const tx = await writing('drafts', 'outbox', 'receipts')
  if (!(await isClosed(tx, input.id))) {
    await tx.objectStore('outbox').put({ ...draft, ...step(draft, 'seal'), payload_hash: payloadHash(body), photos, content: sealed })
    await tx.objectStore('drafts').delete(input.id)
  }
  await tx.done
}

export async function draftsOf(owner: string): Promise<StoredRecord[]> {
  return (await database()).getAllFromIndex('drafts', 'owner', owner)
}

export async function outboxOf(owner: string): Promise<StoredRecord[]> {
  return (await database()).getAllFromIndex('outbox', 'owner', owner)
}

export async function receiptsOf(owner: string): Promise<StoredReceipt[]> {
  return (await database()).getAllFromIndex('receipts', 'owner', owner)
}

/** How many records of other users wait on this phone for their writers. */
export async function countOfOthers(owner: string | null): Promise<number> {
  const db = await database()
  const [drafts, outbox] = await Promise.all([db.getAll('drafts'), db.getAll('outbox')])
  return [...drafts, ...outbox].filter((record) => record.owner !== owner).length
}

export async function findRecord(id: string): Promise<StoredRecord | null> {
  const db = await database()
  return (await db.get('outbox', id)) ?? (await db.get('drafts', id)) ?? null
}

export async function findReceipt(id: string): Promise<StoredReceipt | null> {
  return (await (await database()).get('receipts', id)) ?? null
}

/** Moves a record by an act that keeps it in the outbox; null when it is gone or cannot take the step now. */
async function moveInOutbox(id: string, act: Act, now: number): Promise<StoredRecord | null> {
  const tx = await writing('outbox')
  const record = await tx.objectStore('outbox').get(id)
  const moved = record && may(act, record) ? { ...record, ...step(record, act), updated_at: now } : null
  if (moved) await tx.objectStore('outbox').put(moved)
  await tx.done
  return moved
}

export function beginAttempt(id: string, now: number): Promise<StoredRecord | null> {
  return moveInOutbox(id, 'attempt', now)
}

export function resend(id: string, now: number): Promise<StoredRecord | null> {
  return moveInOutbox(id, 'resend', now)
}

/** Records left `sending` by a page that died; call only while holding the uploader's lock. */
export async function recoverInterrupted(owner: string, now: number): Promise<void> {
  for (const record of await outboxOf(owner)) {
    if (record.state === 'sending') await moveInOutbox(record.id, 'interrupted', now)
  }
}

/** Back to a draft under the same id, to be mended and closed again. */
export async function reopen(vault: Vault, id: string, now: number): Promise<void> {
  const known = await (await database()).get('outbox', id)
  if (!known) return
  const content = await vault.open<RecordContent>(id, known.content)
  const sealed = await vault.seal(id, { ...content, body: '' })
  const tx = await writing('drafts', 'outbox')
  const record = await tx.objectStore('outbox').get(id)
  if (record && may('reopen', record)) {
    const draft = { ...record, ...step(record, 'reopen'), payload_hash: '', photos: [], content: sealed, updated_at: now }
    await tx.objectStore('drafts').put(draft)
    await tx.objectStore('outbox').delete(id)
  }
  await tx.done
}

/**
 * Writes down what the server answered, in one transaction. An accepted record without photos moves to the receipts;
 * one with photos stays until each of them has its receipt. Photos that the receipt already counts as there are marked.
 */
export async function recordVerdict(id: string, verdict: Verdict, now: number, random: () => number): Promise<void> {
  const tx = await writing('outbox', 'receipts', 'photos')
  const record = await tx.objectStore('outbox').get(id)
  if (record) {
    const there = verdict.kind === 'accepted' ? verdict.receipt.photos.filter((photo) => photo.received) : []
    for (const { id: photoId } of there) await markPhoto(tx, photoId, now)
    const left = record.photos.length - record.photos.filter((photo) => there.some((each) => each.id === photo.id)).length
    await settled(tx, { ...record, ...settle(record, verdict, now, random, left), updated_at: now }, now)
  }
  await tx.done
}

/** Writes down what the server answered about one photo; with the last of them its record moves to the receipts. */
export async function photoVerdict(id: string, photoId: string, verdict: Verdict, now: number, random: () => number): Promise<void> {
  const tx = await writing('outbox', 'receipts', 'photos')
  const record = await tx.objectStore('outbox').get(id)
  if (record?.state === 'photos') {
    const photos = await tx.objectStore('photos').index('record_id').getAll(id)
    const left = photos.filter((photo) => photo.received_at === null).length
    if (verdict.kind === 'accepted') await markPhoto(tx, photoId, now)
    await settled(tx, { ...record, ...settlePhoto(record, verdict, now, random, left), updated_at: now }, now)
  }
  await tx.done
}

type VerdictTx = Awaited<ReturnType<typeof writing<['outbox', 'receipts', 'photos']>>>

async function markPhoto(tx: VerdictTx, id: string, now: number): Promise<void> {
  const photo = await tx.objectStore('photos').get(id)
  if (photo) await tx.objectStore('photos').put({ ...photo, received_at: new Date(now).toISOString() })
}

async function settled(tx: VerdictTx, record: StoredRecord, now: number): Promise<void> {
  if (record.state === 'accepted' && record.receipt) {
    const { kind, owner, household_id, visited_at, content, photos } = record
    const named = photos.map((photo) => ({ ...photo, received: true }))
    await tx.objectStore('receipts').put({ ...record.receipt, photos: named, kind, owner, household_id, visited_at, content, keep_until: now + KEEP_MS })
    await tx.objectStore('outbox').delete(record.id)
  } else {
    await tx.objectStore('outbox').put(record)
  }
}

/** A conflict settled by a person: what this phone holds is sent as a record of its own, with its photos. */
export async function keepBoth(vault: Vault, id: string, newId: string, now: number, change: (body: RecordBody) => RecordBody = (body) => body): Promise<void> {
  const known = await (await database()).get('outbox', id)
  if (known?.state !== 'conflict') return
  const content = await vault.open<RecordContent>(id, known.content)
  const body = change(JSON.parse(content.body) as RecordBody)
  const sealed = await vault.seal(newId, { ...content, body: canonicalJson(body) })
  const fresh: StoredRecord = { ...known, ...step(NEW_DRAFT, 'seal'), id: newId, payload_hash: payloadHash(body), content: sealed, updated_at: now }
  const tx = await writing('outbox', 'photos')
  await tx.objectStore('outbox').put(fresh)
  await tx.objectStore('outbox').delete(id)
  for (const photo of await tx.objectStore('photos').index('record_id').getAll(id)) {
    await tx.objectStore('photos').put({ ...photo, record_id: newId })
  }
  await tx.done
}

/** Deletes an unsent record because its owner said so, twice: the only way one ever goes unsent. */
export async function discard(id: string): Promise<void> {
  const tx = await writing('drafts', 'outbox', 'photos')
  await Promise.all([tx.objectStore('drafts').delete(id), tx.objectStore('outbox').delete(id)])
  for (const photo of await tx.objectStore('photos').index('record_id').getAllKeys(id)) await tx.objectStore('photos').delete(photo)
  await tx.done
}

/** Receipted records past their time leave the phone, with their photos. */
export async function purgeReceipts(owner: string, now: number): Promise<void> {
  const past = (await receiptsOf(owner)).filter((receipt) => receipt.keep_until < now)
  if (past.length === 0) return
  const tx = await writing('receipts', 'photos')
  for (const { id } of past) {
    await tx.objectStore('receipts').delete(id)
    for (const photo of await tx.objectStore('photos').index('record_id').getAllKeys(id)) await tx.objectStore('photos').delete(photo)
  }
  await tx.done
}
