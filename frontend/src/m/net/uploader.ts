import { type Hold, holdAfter, stillHeld, type Trigger } from '../core/states'
import { judge, judgeDoor, type Reply, type Verdict } from '../core/verdict'
import type { StoredRecord } from '../store/db'
import { dropMeta, readMeta, writeMeta } from '../store/meta'
import { beginAttempt, outboxOf, type RecordContent, recordVerdict, recoverInterrupted } from '../store/records'
import { Unreadable, type Vault } from '../store/vault'
import type { SessionCheck } from './session'

/** Long enough for a weak signal in a valley, short enough to notice that it is gone. */
const SEND_TIMEOUT_MS = 60_000

export interface UploaderParts {
  owner: string
  vault: Vault
  checkSession(): Promise<SessionCheck>
  put(path: string, body: string, csrf: string, timeoutMs: number): Promise<Reply>
  /** Runs `work` if no other tab of this origin is at it; false when one is. */
  alone(work: () => Promise<void>): Promise<boolean>
  now(): number
  random(): number
  /** A record moved or the queue began or stopped to rest. */
  changed(progress: { index: number; total: number } | null): void
}

/** Sends what is due, one record at a time, and writes down each answer before the next. */
export async function upload(parts: UploaderParts, trigger: Trigger): Promise<void> {
  const hold = await readMeta('hold')
  if (stillHeld(hold, trigger, parts.now())) return
  if ((await unfinished(parts)).length === 0) return
  await parts.alone(() => run(parts, hold))
  parts.changed(null)
}

async function unfinished({ owner }: UploaderParts): Promise<StoredRecord[]> {
  return (await outboxOf(owner)).filter(({ state }) => state === 'queued' || state === 'sending')
}

async function run(parts: UploaderParts, before: Hold | null): Promise<void> {
  await recoverInterrupted(parts.owner, parts.now())
  const due = (await unfinished(parts)).filter((record) => record.not_before <= parts.now())
  if (due.length === 0) return
  const rest = (verdict: Verdict) => holdAfter(verdict, before, parts.now(), parts.random)
  const door = await admitted(parts)
  if (typeof door !== 'string') return keepHold(rest(door))
  for (const [index, record] of due.entries()) {
    parts.changed({ index, total: due.length })
    const verdict = await send(parts, record, door)
    const hold = verdict && rest(verdict)
    if (hold) return keepHold(hold)
  }
  await keepHold(null)
}

/** The CSRF token when the server takes this browser for the records' writer, else why the queue rests. */
async function admitted(parts: UploaderParts): Promise<string | Verdict> {
  const check = await parts.checkSession()
  if (check.kind === 'closed') return { kind: 'pause', reason: 'signed_out' }
  if (check.kind === 'unknown') return judgeDoor(check.reply)
  if (check.session.user.id !== parts.owner) return { kind: 'pause', reason: 'stale_session' }
  return check.session.csrf
}

/** One attempt; null when the record is no longer waiting (its owner took it back meanwhile). */
async function send(parts: UploaderParts, record: StoredRecord, csrf: string): Promise<Verdict | null> {
  const begun = await beginAttempt(record.id, parts.now())
  if (!begun) return null
  const verdict = await attempt(parts, begun, csrf)
  await recordVerdict(record.id, verdict, parts.now(), parts.random)
  return verdict
}

async function attempt(parts: UploaderParts, { id, payload_hash, content }: StoredRecord, csrf: string): Promise<Verdict> {
  let body: string
  try {
    body = (await parts.vault.open<RecordContent>(id, content)).body
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    return { kind: 'quarantined', refusal: { status: 0, code: 'unreadable', message: '', errors: [] } }
  }
  // The hashed text goes out as it was hashed, the hash is put in front of it.
  const text = `{"payload_hash":"${payload_hash}",${body.slice(1)}`
  const reply = await parts.put(`/api/monitoring/visits/${id}`, text, csrf, SEND_TIMEOUT_MS)
  return judge(reply, id, payload_hash)
}

async function keepHold(hold: Hold | null): Promise<void> {
  await (hold ? writeMeta('hold', hold) : dropMeta('hold'))
}
