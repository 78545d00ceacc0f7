import { asProblem, toProblem } from '@/shared/problem'
import { retryAfterMs } from '../core/backoff'
import { clockOffset, sawServer } from '../core/clock'
import type { Reply } from '../core/verdict'
import { writeMeta } from '../store/meta'

export interface Exchange {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  path: string
  /** JSON text, sent as it stands; a Blob goes out under its own type. */
  body?: string | Blob
  csrf?: string
  timeoutMs?: number
}

const DEFAULT_TIMEOUT_MS = 30_000

async function readJson(response: Response): Promise<unknown> {
  if (!/\bjson\b/.test(response.headers.get('content-type') ?? '')) return undefined
  return (await response.json()) as unknown
}

async function noteClock(response: Response, sentAt: number): Promise<void> {
  const now = Date.now()
  const offset = clockOffset(response.headers.get('date'), sentAt, now)
  if (offset === null) return
  sawServer()
  await writeMeta('clock', { offset_ms: offset, seen_at: now })
}

/**
 * One exchange with the server. Never throws for what the network does: no answer, a redirect to
 * somebody's sign-in page, an answer cut in the middle are replies to be judged.
 */
export async function exchange({ method, path, body, csrf, timeoutMs }: Exchange): Promise<Reply> {
  const sentAt = Date.now()
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (body !== undefined) headers['Content-Type'] = typeof body === 'string' ? 'application/json' : body.type
  if (csrf) headers['X-CSRF-Token'] = csrf
  let response: Response
  let json: unknown
  try {
    response = await fetch(path, {
      method,
      headers,
      body,
      redirect: 'manual',
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(timeoutMs ?? DEFAULT_TIMEOUT_MS),
    })
    if (response.type === 'opaqueredirect') return { kind: 'redirect' }
    json = await readJson(response)
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError || error instanceof DOMException) return { kind: 'none' }
    throw error
  }
  await noteClock(response, sentAt)
  const wait = retryAfterMs(response.headers.get('retry-after'), Date.now())
  return { kind: 'answer', status: response.status, json, retryAfterMs: wait }
}

/** The JSON of a 2xx answer; throws a Problem with a sentence for the person otherwise. */
export async function fetchJson<T>(request: Exchange): Promise<T> {
  const reply = await exchange(request)
  if (reply.kind === 'none') throw asProblem(new TypeError('no answer'))
  if (reply.kind === 'redirect') throw asProblem(new SyntaxError('redirect'))
  if (reply.status >= 300) throw toProblem(reply.status, reply.json)
  if (reply.json === undefined && reply.status !== 204) throw asProblem(new SyntaxError('not JSON'))
  return reply.json as T
}

