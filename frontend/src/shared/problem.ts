/** RFC 9457 problems as the services send them, and what stands in for one when no service answered. */
import { phrases } from './i18n'

const t = phrases({
  network: ['网络不通，请检查网络后重试。', 'The network is unreachable. Check the connection and try again.'],
  garbled: ['收到的不是系统的答复，可能需要先登录所在网络。', 'That was not an answer from the system; the network may want a sign-in first.'],
  failed: ['没有办成，请稍后再试。', 'That did not work. Please try again later.'],
})

export interface FieldProblem {
  /** e.g. "body.members.0.id_number" */
  path: string
  code: string
  message: string
}

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly errors: readonly FieldProblem[] = [],
    /** Every other member of the document: shortfall, current, yours, request_id … */
    readonly extra: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail || title)
    this.name = 'Problem'
  }

  /** The sentence to show: the detail if the service gave one. */
  get sentence(): string {
    return this.detail || this.title
  }

  text(name: string): string | null {
    const value = this.extra[name]
    return typeof value === 'string' ? value : null
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function fieldProblems(value: unknown): FieldProblem[] {
  if (!Array.isArray(value)) return []
  return value.filter(isRecord).map((entry) => ({
    path: String(entry.path ?? ''),
    code: String(entry.code ?? ''),
    message: String(entry.message ?? ''),
  }))
}

/** The body of a refused request, whatever it turns out to be, as a Problem. */
export function toProblem(status: number, body: unknown): Problem {
  if (!isRecord(body) || typeof body.code !== 'string') {
    return new Problem(status, 'unreadable_answer', t('failed'), '')
  }
  const { code, title, detail, errors, status: _status, type: _type, ...extra } = body
  return new Problem(
    status,
    code as string,
    typeof title === 'string' ? title : t('failed'),
    typeof detail === 'string' ? detail : '',
    fieldProblems(errors),
    extra,
  )
}

/** Anything thrown, as a Problem: no network, an HTML page instead of JSON, or a Problem already. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof SyntaxError) return new Problem(0, 'unreadable_answer', t('garbled'), '')
  if (error instanceof TypeError || error instanceof DOMException) {
    return new Problem(0, 'network_unreachable', t('network'), '')
  }
  throw error
}

/**
 * Messages by form field: "body.members.0.name" → "members.0.name". The service puts its place
 * ("body", "query", "path") first; forms name their fields without it.
 */
export function messagesByField(problem: Problem): Record<string, string> {
  const found: Record<string, string> = {}
  for (const { path, message } of problem.errors) {
    const field = path.replace(/^(body|query|path|header)\./, '')
    if (!(field in found)) found[field] = message
  }
  return found
}
