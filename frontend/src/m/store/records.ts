import { canonicalJson, payloadHash } from '../core/canonical'
import { type Act, may, NEW_DRAFT, settle, step } from '../core/states'
import type { Receipt, Verdict } from '../core/verdict'
import type { VisitBody } from '../core/types'
import type { VisitForm } from '../core/visit'
import { database, type StoredReceipt, type StoredRecord, writing } from './db'
import type { Vault } from './vault'

/** What was written down, with enough of the household to name it when its pack is gone. */
export interface RecordContent {
  household_name: string
  group_name: string
  village_name: string
  form: VisitForm
  /** The canonical text of the body; '' while a draft. Sent as it stands, however often. */
  body: string
}

/** Days that a receipted record stays on the phone for its owner to look at. */
const KEEP_MS = 30 * 86_400_000

type Names = Pick<RecordContent, 'household_name' | 'group_name' | 'village_name'>

export interface DraftInput extends Names {
  id: string
  owner: string
  household_id: string
  form: VisitForm
}

async function drafted(vault: Vault, input: DraftInput, known: StoredRecord | undefined, now: number): Promise<StoredRecord> {
  const { id, owner, household_id, form, household_name, group_name, village_name } = input
  const content: RecordContent = { household_name, group_name, village_name, form, body: '' }
  const sealed = await vault.seal(id, content)
  const begun = known ?? { ...NEW_DRAFT, created_at: now }
  return { ...begun, id, owner, household_id, visited_at: form.visited_at, updated_at: now, payload_hash: '', content: sealed }
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
export async function closeDraft(vault: Vault, input: DraftInput, body: VisitBody, now: number): Promise<void> {
  const known = await (await database()).get('drafts', input.id)
  const draft = await drafted(vault, input, known, now)
  const { household_name, group_name, village_name, form } = input
  const content: RecordContent = { household_name, group_name, village_name, form, body: canonicalJson(body) }
  const sealed = await vault.seal(input.id, content)
  const tx = await writing('drafts', 'outbox', 'receipts')
  if (!(await isClosed(tx, input.id))) {
    await tx.objectStore('outbox').put({ ...draft, ...step(draft, 'seal'), payload_hash: payloadHash(body), content: sealed })
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
    const draft = { ...record, ...step(record, 'reopen'), payload_hash: '', content: sealed, updated_at: now }
    await tx.objectStore('drafts').put(draft)
    await tx.objectStore('outbox').delete(id)
  }
  await tx.done
}

/** Writes down what the server answered, in one transaction; an accepted record moves to the receipts. */
export async function recordVerdict(id: string, verdict: Verdict, now: number, random: () => number): Promise<void> {
  const tx = await writing('outbox', 'receipts')
  const record = await tx.objectStore('outbox').get(id)
  const moved = record ? { ...record, ...settle(record, verdict, now, random), updated_at: now } : null
  if (moved && verdict.kind === 'accepted') {
    await tx.objectStore('receipts').put(receiptFor(moved, verdict.receipt, now))
    await tx.objectStore('outbox').delete(id)
  } else if (moved) {
    await tx.objectStore('outbox').put(moved)
  }
  await tx.done
}

function receiptFor(record: StoredRecord, receipt: Receipt, now: number): StoredReceipt {
  const { owner, household_id, visited_at, content } = record
  return { ...receipt, owner, household_id, visited_at, content, keep_until: now + KEEP_MS }
}

/** A conflict settled by a person: what this phone holds is sent as a record of its own. */
export async function keepBoth(vault: Vault, id: string, newId: string, now: number): Promise<void> {
  const known = await (await database()).get('outbox', id)
  if (known?.state !== 'conflict') return
  const content = await vault.open<RecordContent>(id, known.content)
  const sealed = await vault.seal(newId, content)
  const fresh: StoredRecord = { ...known, ...step(NEW_DRAFT, 'seal'), id: newId, content: sealed, updated_at: now }
  const tx = await writing('outbox')
  await tx.objectStore('outbox').put(fresh)
  await tx.objectStore('outbox').delete(id)
  await tx.done
}

/** Deletes an unsent record because its owner said so, twice: the only way one ever goes unsent. */
export async function discard(id: string): Promise<void> {
  const tx = await writing('drafts', 'outbox')
  await Promise.all([tx.objectStore('drafts').delete(id), tx.objectStore('outbox').delete(id)])
  await tx.done
}

/** Receipted records past their time leave the phone. */
export async function purgeReceipts(owner: string, now: number): Promise<void> {
  const past = (await receiptsOf(owner)).filter((receipt) => receipt.keep_until < now)
  if (past.length === 0) return
  const tx = await writing('receipts')
  await Promise.all(past.map((receipt) => tx.objectStore('receipts').delete(receipt.id)))
  await tx.done
}
