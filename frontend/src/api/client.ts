/** The one door to the gateway: typed from its OpenAPI, CSRF on every write, failures as Problems. */
import createClient from 'openapi-fetch'
import { language } from '@/shared/i18n'
import { asProblem, toProblem } from '@/shared/problem'
import type { paths } from './schema'

let csrf: string | null = null

/** Kept in memory only: it comes with each answer of /api/session. */
export function setCsrf(token: string | null): void {
  csrf = token
}

let onSignedOut: () => void = () => undefined

/** What to do when the gateway says that nobody is signed in. */
export function whenSignedOut(act: () => void): void {
  onSignedOut = act
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

export const api = createClient<paths>({ credentials: 'same-origin' })

api.use({
  onRequest({ request }) {
    if (!SAFE.has(request.method) && csrf) request.headers.set('X-CSRF-Token', csrf)
    request.headers.set('Accept-Language', language.value === 'zh' ? 'zh-CN' : 'en')
    return request
  },
})

interface Answer<D> {
  data?: D
  error?: unknown
  response: Response
}

/**
 * The data of an answer, or a thrown Problem: refused, no network, or a page that is not ours.
 * `quiet` leaves a 401 to the caller (the sign-in page asks whether anybody is there).
 */
export async function call<D>(request: Promise<Answer<D>>, quiet = false): Promise<D> {
  let answer: Answer<D>
  try {
    answer = await request
  } catch (error) {
    throw asProblem(error)
  }
  if (!answer.response.ok) {
    const problem = toProblem(answer.response.status, answer.error)
    if (problem.status === 401 && !quiet) onSignedOut()
    throw problem
  }
  return answer.data as D
}

/** The version of a record as If-Match wants it. */
export function ifMatch(version: number): string {
  return `"${version}"`
}
