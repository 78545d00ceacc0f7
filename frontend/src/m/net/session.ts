import type { Reply } from '../core/verdict'
import type { SessionUser, StoredSession } from '../store/db'
import { exchange, fetchJson } from './http'

interface SessionAnswer {
  user: SessionUser
  csrf: string
}

export type SessionCheck =
  | { kind: 'open'; session: StoredSession }
  | { kind: 'closed' }
  | { kind: 'unknown'; reply: Reply }

function isSession(json: unknown): json is SessionAnswer {
  if (typeof json !== 'object' || json === null) return false
  const { user, csrf } = json as Partial<SessionAnswer>
  return typeof user?.id === 'string' && typeof csrf === 'string'
}

/** Who the server takes this browser for now; `unknown` when nothing that is ours answered. */
export async function checkSession(): Promise<SessionCheck> {
  const reply = await exchange({ method: 'GET', path: '/api/session', timeoutMs: 15_000 })
  if (reply.kind !== 'answer') return { kind: 'unknown', reply }
  if (reply.status === 200 && isSession(reply.json)) {
    return { kind: 'open', session: { user: reply.json.user, csrf: reply.json.csrf } }
  }
  if (reply.status === 401 && reply.json !== undefined) return { kind: 'closed' }
  return { kind: 'unknown', reply }
}

/** Signs in; throws a Problem (wrong password, locked for some minutes, no network). */
export async function signIn(username: string, password: string): Promise<StoredSession> {
  const body = JSON.stringify({ username, password })
  const { user, csrf } = await fetchJson<SessionAnswer>({ method: 'POST', path: '/api/session', body })
  return { user, csrf }
}

/** Tells the server; whether it heard it. */
export async function signOut(csrf: string): Promise<boolean> {
  const reply = await exchange({ method: 'DELETE', path: '/api/session', csrf, timeoutMs: 15_000 })
  return reply.kind === 'answer' && (reply.status === 204 || reply.status === 401 || reply.status === 403)
}
