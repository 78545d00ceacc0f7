import type { FieldProblem } from '@/shared/problem'

/** What came back from one attempt, already read: the body is JSON or it is not. */
export type Reply =
  | { kind: 'none' }
  | { kind: 'redirect' }
  | { kind: 'answer'; status: number; json: unknown; retryAfterMs: number }

export interface Receipt {
  id: string
  number: string
  received_at: string
  payload_hash: string
  /** The photos that the record named, each with whether its bytes are there. */
  photos: ReceivedPhoto[]
}

export interface ReceivedPhoto {
  id: string
  sha256: string
  received: boolean
}

export interface Refusal {
  status: number
  code: string
  /** The server's sentence for a person; '' when it gave none. */
  message: string
  errors: FieldProblem[]
}

export type WaitReason = 'offline' | 'captive_portal' | 'busy' | 'server_trouble' | 'record_trouble'
export type PauseReason = 'signed_out' | 'stale_session'

/**
 * What an answer means for the record it was about.
 * - `accepted`: the server names this record in its receipt. Nothing else is success.
 * - `wait`: nothing is known against the record; try again later. `all`: the trouble is on the way
 *   or at the server, so the records behind it wait too.
 * - `pause`: nobody (or somebody else) is signed in; wait for a person.
 * - the rest: a person has to look.
 */
export type Verdict =
  | { kind: 'accepted'; receipt: Receipt }
  | { kind: 'wait'; reason: WaitReason; all: boolean; retryAfterMs: number }
  | { kind: 'pause'; reason: PauseReason }
  | { kind: 'conflict'; refusal: Refusal }
  | { kind: 'needs_changes'; refusal: Refusal }
  | { kind: 'quarantined'; refusal: Refusal }

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function readReceipt(json: unknown): Receipt | null {
  if (!isObject(json) || !isObject(json.receipt)) return null
  const { id, number, received_at, payload_hash, photos } = json.receipt
  if (typeof id !== 'string' || typeof number !== 'string' || typeof received_at !== 'string') return null
  return { id, number, received_at, payload_hash: typeof payload_hash === 'string' ? payload_hash : '', photos: readPhotos(photos) }
}

function readPhotos(value: unknown): ReceivedPhoto[] {
  if (!Array.isArray(value)) return []
  return value.filter(isObject).map(({ id, sha256, received }) => ({ id: String(id), sha256: String(sha256), received: received === true }))
}

function readErrors(value: unknown): FieldProblem[] {
  if (!Array.isArray(value)) return []
  return value.filter(isObject).map(({ path, code, message }) => ({
    path: String(path ?? ''),
    code: String(code ?? ''),
    message: String(message ?? ''),
  }))
}

/** The server's own refusal (problem+json has a `code`); null for a page from a proxy or a portal. */
function readRefusal(status: number, json: unknown): Refusal | null {
  if (!isObject(json) || typeof json.code !== 'string') return null
  const message = [json.detail, json.title].find((text) => typeof text === 'string' && text !== '')
  return { status, code: json.code, message: String(message ?? ''), errors: readErrors(json.errors) }
}

function wait(reason: WaitReason, all: boolean, retryAfterMs = 0): Verdict {
  return { kind: 'wait', reason, all, retryAfterMs }
}

function readSuccess(json: unknown, id: string, hash: string, photos: readonly SentPhoto[]): Verdict {
  const receipt = readReceipt(json)
  if (!receipt || receipt.id !== id) return wait('captive_portal', true)
  const named = photos.every((photo) => receipt.photos.some((each) => each.id === photo.id && each.sha256 === photo.sha256))
  if ((receipt.payload_hash === '' || receipt.payload_hash === hash) && named) return { kind: 'accepted', receipt }
  // A receipt for this id and for another content is not a receipt for what this phone holds.
  return {
    kind: 'conflict',
    refusal: { status: 200, code: 'receipt_for_other_content', message: '', errors: [] },
  }
}

function readForbidden(refusal: Refusal): Verdict {
  if (refusal.code.startsWith('csrf')) return { kind: 'pause', reason: 'stale_session' }
  return { kind: 'quarantined', refusal }
}

function readClientError(status: number, refusal: Refusal): Verdict {
  switch (status) {
    case 401:
      return { kind: 'pause', reason: 'signed_out' }
    case 403:
      return readForbidden(refusal)
    case 409:
      return { kind: 'conflict', refusal }
    case 422:
      return { kind: 'needs_changes', refusal }
    default:
      return { kind: 'quarantined', refusal }
  }
}

export interface SentPhoto {
  id: string
  sha256: string
}

/**
 * Reads the answer to `PUT /{kind}s/{id}`; `id` and `hash` are those of the record that was sent. Its receipt must name
 * every one of the record's photos by its hash.
 */
export function judge(reply: Reply, id: string, hash: string, photos: readonly SentPhoto[] = []): Verdict {
  if (reply.kind === 'none') return wait('offline', true)
  if (reply.kind === 'redirect') return wait('captive_portal', true)
  const { status, json, retryAfterMs } = reply
  if (status >= 200 && status < 300) return readSuccess(json, id, hash, photos)
  if (status === 429 || status === 503) return wait('busy', true, retryAfterMs)
  if (status === 502 || status === 504) return wait('server_trouble', true, retryAfterMs)
  // Other 5xx and timeouts may be about this one record: the next may still go through.
  if (status >= 500 || status === 408 || status === 425) return wait('record_trouble', false, retryAfterMs)
  const refusal = readRefusal(status, json)
  // A proxy in front may cut a large body without our words: too large stays too large.
  if (status === 413) {
    return { kind: 'needs_changes', refusal: refusal ?? { status, code: 'too_large', message: '', errors: [] } }
  }
  if (!refusal) return wait('captive_portal', true)
  return readClientError(status, refusal)
}

/** Reads the answer to a photo's bytes: its receipt says which id and which digest arrived. */
export function judgePhoto(reply: Reply, photo: SentPhoto): Verdict {
  if (reply.kind !== 'answer' || !isObject(reply.json) || !isObject(reply.json.receipt)) return judge(reply, photo.id, photo.sha256)
  const { sha256, ...receipt } = reply.json.receipt
  return judge({ ...reply, json: { receipt: { number: '', ...receipt, payload_hash: String(sha256) } } }, photo.id, photo.sha256)
}

/** Reads an answer, not about any record, that did not say who is signed in: the whole queue waits. */
export function judgeDoor(reply: Reply): Verdict {
  const verdict = judge(reply, '', '')
  if (verdict.kind !== 'wait') return wait('server_trouble', true)
  return verdict.reason === 'record_trouble' ? { ...verdict, reason: 'server_trouble', all: true } : verdict
}
