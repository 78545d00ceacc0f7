import { doorOf, photoDoor } from '../core/kinds'
import { type Hold, holdAfter, stillHeld, type Trigger } from '../core/states'
import { judge, judgeDoor, judgePhoto, type Reply, type Verdict } from '../core/verdict'
import type { StoredPhoto, StoredRecord } from '../store/db'
import { dropMeta, readMeta, writeMeta } from '../store/meta'
import { openPhoto, photosOf } from '../store/photos'
import { beginAttempt, findRecord, outboxOf, photoVerdict, type RecordContent, recordVerdict, recoverInterrupted } from '../store/records'
import { Unreadable, type Vault } from '../store/vault'
import type { SessionCheck } from './session'

/** Long enough for a weak signal in a valley, short enough to notice that it is gone. */
const SEND_TIMEOUT_MS = 60_000
const PHOTO_TIMEOUT_MS = 120_000

export interface Progress {
  what: 'record' | 'photo'
  /** From 0. */
  index: number
  total: number
}

export interface UploaderParts {
  owner: string
  vault: Vault
  checkSession(): Promise<SessionCheck>
  put(path: string, body: string | Blob, csrf: string, timeoutMs: number): Promise<Reply>
  /** Runs `work` if no other tab of this origin is at it; false when one is. */
  alone(work: () => Promise<void>): Promise<boolean>
  now(): number
  random(): number
  /** A record moved or the queue began or stopped to rest. */
  changed(progress: Progress | null): void
}

/**
 * Sends what is due, one at a time, and writes down each answer before the next: first every record, for words are
 * small and matter most, then the photos of those that have a receipt.
 */
export async function upload(parts: UploaderParts, trigger: Trigger): Promise<void> {
  const hold = await readMeta('hold')
  if (stillHeld(hold, trigger, parts.now())) return
  if ((await unfinished(parts)).length === 0) return
  await parts.alone(() => run(parts, hold))
  parts.changed(null)
}

const UNFINISHED: readonly string[] = ['queued', 'sending', 'photos']

async function unfinished({ owner }: UploaderParts): Promise<StoredRecord[]> {
  return (await outboxOf(owner)).filter(({ state }) => UNFINISHED.includes(state))
}

async function due(parts: UploaderParts): Promise<StoredRecord[]> {
  return (await unfinished(parts)).filter((record) => record.not_before <= parts.now())
}

async function run(parts: UploaderParts, before: Hold | null): Promise<void> {
  await recoverInterrupted(parts.owner, parts.now())
  if ((await due(parts)).length === 0) return
  const rest = (verdict: Verdict | null) => verdict && holdAfter(verdict, before, parts.now(), parts.random)
  const door = await admitted(parts)
  if (typeof door !== 'string') return keepHold(rest(door))
  const hold = (await sendRecords(parts, door, rest)) ?? (await sendPhotos(parts, door, rest))
  await keepHold(hold)
}

type Rest = (verdict: Verdict | null) => Hold | null

/** The CSRF token when the server takes this browser for the records' writer, else why the queue rests. */
async function admitted(parts: UploaderParts): Promise<string | Verdict> {
  const check = await parts.checkSession()
  if (check.kind === 'closed') return { kind: 'pause', reason: 'signed_out' }
  if (check.kind === 'unknown') return judgeDoor(check.reply)
  if (check.session.user.id !== parts.owner) return { kind: 'pause', reason: 'stale_session' }
  return check.session.csrf
}

async function sendRecords(parts: UploaderParts, csrf: string, rest: Rest): Promise<Hold | null> {
  const records = (await due(parts)).filter((record) => record.state === 'queued')
  for (const [index, record] of records.entries()) {
    parts.changed({ what: 'record', index, total: records.length })
    const hold = rest(await send(parts, record, csrf))
    if (hold) return hold
  }
  return null
}

async function sendPhotos(parts: UploaderParts, csrf: string, rest: Rest): Promise<Hold | null> {
  const photos: StoredPhoto[] = []
  for (const record of await due(parts)) {
    if (record.state !== 'photos') continue
    const left = (await photosOf(record.id)).filter((photo) => photo.received_at === null)
    // A photo that the record names is no longer on the phone: only a person can say what then.
    if (left.length === 0) await photoVerdict(record.id, '', UNREADABLE, parts.now(), parts.random)
    photos.push(...left)
  }
  for (const [index, photo] of photos.entries()) {
    parts.changed({ what: 'photo', index, total: photos.length })
    const hold = rest(await sendPhoto(parts, photo, csrf))
    if (hold) return hold
  }
  return null
}

/** One attempt; null when the record is no longer waiting (its owner took it back meanwhile). */
async function send(parts: UploaderParts, record: StoredRecord, csrf: string): Promise<Verdict | null> {
  const begun = await beginAttempt(record.id, parts.now())
  if (!begun) return null
  const verdict = await attempt(parts, begun, csrf)
  await recordVerdict(record.id, verdict, parts.now(), parts.random)
  return verdict
}

const UNREADABLE: Verdict = { kind: 'quarantined', refusal: { status: 0, code: 'unreadable', message: '', errors: [] } }

async function attempt(parts: UploaderParts, { id, kind, task, payload_hash, photos, content }: StoredRecord, csrf: string): Promise<Verdict> {
  let body: string
  try {
    body = (await parts.vault.open<RecordContent>(id, content)).body
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    return UNREADABLE
  }
  // The hashed text goes out as it was hashed, the hash is put in front of it.
  const text = `{"payload_hash":"${payload_hash}",${body.slice(1)}`
  return judge(await parts.put(doorOf(kind, id, task), text, csrf, SEND_TIMEOUT_MS), id, payload_hash, photos)
}

/** One photo; null when its record has stopped waiting for it, e.g. because a photo before it was refused. */
async function sendPhoto(parts: UploaderParts, photo: StoredPhoto, csrf: string): Promise<Verdict | null> {
  const record = await findRecord(photo.record_id)
  if (record?.state !== 'photos' || record.not_before > parts.now()) return null
  const verdict = await attemptPhoto(parts, photo, csrf)
  await photoVerdict(photo.record_id, photo.id, verdict, parts.now(), parts.random)
  return verdict
}

async function attemptPhoto(parts: UploaderParts, photo: StoredPhoto, csrf: string): Promise<Verdict> {
  let bytes: ArrayBuffer | null
  try {
    bytes = await openPhoto(parts.vault, photo.id)
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    return UNREADABLE
  }
  if (!bytes) return UNREADABLE
  const blob = new Blob([bytes], { type: photo.kind === 'signature' ? 'image/png' : 'image/jpeg' })
  return judgePhoto(await parts.put(photoDoor(photo.id), blob, csrf, PHOTO_TIMEOUT_MS), photo)
}

async function keepHold(hold: Hold | null): Promise<void> {
  await (hold ? writeMeta('hold', hold) : dropMeta('hold'))
}
