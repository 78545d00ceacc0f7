// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { judge, judgeDoor, type Reply } from './verdict'

const ID = '019ab000-0000-7000-8000-000000000001'
const HASH = 'a'.repeat(64)
const receipt = { id: ID, number: 'ZF-2026-000001', received_at: '2026-11-22T10:00:00+08:00', payload_hash: HASH }

function answer(status: number, json: unknown, retryAfterMs = 0): Reply {
  return { kind: 'answer', status, json, retryAfterMs }
}
function problem(status: number, code: string): Reply {
  return answer(status, { type: 'about:blank', status, code, title: '标题', detail: '说明' })
}

const HTML = undefined

describe('judge: what an answer means for the record', () => {
  const table: [name: string, reply: Reply, expected: object][] = [
    ['no network', { kind: 'none' }, { kind: 'wait', reason: 'offline', all: true }],
    ['redirect to a sign-in page of the network', { kind: 'redirect' }, { kind: 'wait', reason: 'captive_portal', all: true }],
    ['200 with the receipt of this record', answer(200, { receipt }), { kind: 'accepted', receipt }],
    ['201 with the receipt of this record', answer(201, { receipt, visit: {} }), { kind: 'accepted' }],
    ['200 with HTML', answer(200, HTML), { kind: 'wait', reason: 'captive_portal', all: true }],
    ['200 with JSON but no receipt', answer(200, { ok: true }), { kind: 'wait', reason: 'captive_portal' }],
    ['200 with the receipt of another record', answer(200, { receipt: { ...receipt, id: 'x' } }), { kind: 'wait', reason: 'captive_portal' }],
    ['200 with a receipt without a number', answer(200, { receipt: { id: ID } }), { kind: 'wait', reason: 'captive_portal' }],
    ['200 with a receipt for other content', answer(200, { receipt: { ...receipt, payload_hash: 'b'.repeat(64) } }), { kind: 'conflict' }],
    ['204 without a body', answer(204, HTML), { kind: 'wait', reason: 'captive_portal' }],
    ['400 of the server', problem(400, 'bad_json'), { kind: 'quarantined' }],
    ['401 of the server', problem(401, 'unauthenticated'), { kind: 'pause', reason: 'signed_out' }],
    ['401 of a proxy', answer(401, HTML), { kind: 'wait', reason: 'captive_portal', all: true }],
    ['403 for another session in this browser', problem(403, 'csrf_failed'), { kind: 'pause', reason: 'stale_session' }],
    ['403 for a household of another village', problem(403, 'region_out_of_scope'), { kind: 'quarantined' }],
    ['403 of a proxy', answer(403, HTML), { kind: 'wait', reason: 'captive_portal', all: true }],
    ['404 of the server', problem(404, 'not_found'), { kind: 'quarantined' }],
    ['404 of a proxy', answer(404, HTML), { kind: 'wait', reason: 'captive_portal', all: true }],
    ['408', answer(408, HTML), { kind: 'wait', reason: 'record_trouble', all: false }],
    ['409 of the server', problem(409, 'visit_conflict'), { kind: 'conflict' }],
    ['413 of the server', problem(413, 'body_too_large'), { kind: 'needs_changes' }],
    ['413 of a proxy', answer(413, HTML), { kind: 'needs_changes' }],
    ['422 of the server', problem(422, 'validation_failed'), { kind: 'needs_changes' }],
    ['429', problem(429, 'rate_limited'), { kind: 'wait', reason: 'busy', all: true }],
    ['429 with Retry-After', answer(429, HTML, 7_000), { kind: 'wait', reason: 'busy', retryAfterMs: 7_000 }],
    ['500', problem(500, 'internal'), { kind: 'wait', reason: 'record_trouble', all: false }],
    ['502', answer(502, HTML), { kind: 'wait', reason: 'server_trouble', all: true }],
    ['503 with Retry-After', problem(503, 'unavailable'), { kind: 'wait', reason: 'busy', all: true }],
    ['504', answer(504, HTML), { kind: 'wait', reason: 'server_trouble', all: true }],
  ]
  it.each(table)('%s', (_name, reply, expected) => {
    expect(judge(reply, ID, HASH)).toMatchObject(expected)
  })

  it('calls nothing a success but a 2xx that names the record', () => {
    const bodies: unknown[] = [HTML, null, 1, 'ok', [], {}, { receipt: null }, { receipt: [] }, { receipt: { id: ID } }, { code: 'x' }]
    for (let status = 100; status < 600; status++) {
      for (const json of bodies) expect(judge(answer(status, json), ID, HASH).kind).not.toBe('accepted')
      const named = judge(answer(status, { receipt }), ID, HASH).kind
      expect(named === 'accepted').toBe(status >= 200 && status < 300)
    }
  })

  it('passes the sentence and the fields of a refusal on', () => {
    const errors = [{ path: 'body.visited_at', code: 'in_future', message: '走访时间不能晚于现在' }]
    const verdict = judge(answer(422, { code: 'validation_failed', title: '内容有误', errors }), ID, HASH)
    expect(verdict).toEqual({
      kind: 'needs_changes',
      refusal: { status: 422, code: 'validation_failed', message: '内容有误', errors },
    })
  })
})

describe('judgeDoor: nobody said who is signed in', () => {
  it.each([
    [{ kind: 'none' } as Reply, 'offline'],
    [answer(200, HTML), 'captive_portal'],
    [answer(500, HTML), 'server_trouble'],
    [problem(404, 'not_found'), 'server_trouble'],
    [problem(503, 'unavailable'), 'busy'],
  ])('%o → the queue waits: %s', (reply, reason) => {
    expect(judgeDoor(reply)).toMatchObject({ kind: 'wait', all: true, reason })
  })
})
