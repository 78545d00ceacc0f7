// @vitest-environment node
import 'fake-indexeddb/auto'
import { deleteDB } from 'idb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { payloadHash } from '@/shared/canonical'
import type { Reply } from '../core/verdict'
import { prefilled, visitBody } from '../core/visit'
import { closeDatabase, DATABASE } from '../store/db'
import { readMeta } from '../store/meta'
import { beginAttempt, closeDraft, outboxOf, receiptsOf } from '../store/records'
import { openVault, type Vault } from '../store/vault'
import { someHousehold } from '../testing'
import type { SessionCheck } from './session'
import { upload, type UploaderParts } from './uploader'

const NOW = Date.parse('2026-11-22T10:00:00+08:00')
const household = someHousehold()
const user = { id: 'u1', username: 'cadre', name: '王建国', role: 'village_cadre', role_name: '村干部', region: { code: '', name: '', level: '' } }
const open: SessionCheck = { kind: 'open', session: { user, csrf: 'token' } }

let vault: Vault
let now = NOW
let sent: { path: string; body: string; csrf: string }[] = []

/** A server that answers each PUT by `reply(id, hash)`. */
function parts(reply: (id: string, hash: string) => Reply, check: SessionCheck = open): UploaderParts {
  return {
    owner: 'u1',
    vault,
    checkSession: () => Promise.resolve(check),
    put(path, body, csrf) {
      if (typeof body !== 'string') throw new TypeError('not a record')
      sent.push({ path, body, csrf })
      const { payload_hash } = JSON.parse(body) as { payload_hash: string }
      return Promise.resolve(reply(path.split('/').at(-1)!, payload_hash))
    },
    alone: async (work) => {
      await work()
      return true
    },
    now: () => now,
    random: () => 0.5,
    changed: () => {},
  }
}

const accept = (id: string, payload_hash: string): Reply => ({
  kind: 'answer',
  status: 200,
  json: { receipt: { id, number: `ZF-${id}`, received_at: '2026-11-22T10:00:05+08:00', payload_hash } },
  retryAfterMs: 0,
})
const answer = (status: number, json?: unknown, retryAfterMs = 0): Reply => ({ kind: 'answer', status, json, retryAfterMs })
const nothing: Reply = { kind: 'none' }

async function queue(id: string, owner = 'u1'): Promise<void> {
  const form = { ...prefilled(household, NOW), note: id }
  const body = visitBody(form, household.id, { sent_at: '2026-11-22T10:00:00+08:00', offset_ms: 0, elapsed_ms: null })
  const input = { id, kind: 'visit' as const, task: '', owner, household_id: household.id, household_name: '曾建国', group_name: '第1组', village_name: '清江村', form }
  await closeDraft(vault, input, body, NOW)
}

beforeEach(async () => {
  now = NOW
  sent = []
  vault = await openVault('u1')
})
afterEach(async () => {
  await closeDatabase()
  await deleteDB(DATABASE)
})

describe('upload', () => {
  it('sends each record once, in the order written, with the hash of what it sends', async () => {
    await queue('a')
    await queue('b')
    await upload(parts(accept), 'button')
    expect(sent.map(({ path }) => path)).toEqual(['/api/monitoring/visits/a', '/api/monitoring/visits/b'])
    const { payload_hash, ...body } = JSON.parse(sent[0]!.body)
    expect(payload_hash).toBe(payloadHash(body))
    expect(sent[0]!.csrf).toBe('token')
    expect(await outboxOf('u1')).toEqual([])
    expect((await receiptsOf('u1')).map(({ number }) => number).sort()).toEqual(['ZF-a', 'ZF-b'])
  })

  it('sends the very same text again after a lost answer', async () => {
    await queue('a')
    await upload(parts(() => nothing), 'button')
    await upload(parts(accept), 'online')
    expect(sent).toHaveLength(2)
    expect(sent[0]!.body).toBe(sent[1]!.body)
    expect(await receiptsOf('u1')).toHaveLength(1)
  })

  it('stops at the first silence and keeps the rest', async () => {
    await queue('a')
    await queue('b')
    await upload(parts(() => nothing), 'button')
    expect(sent).toHaveLength(1)
    expect((await outboxOf('u1')).map(({ state }) => state)).toEqual(['queued', 'queued'])
    expect(await readMeta('hold')).toMatchObject({ reason: 'offline', firm: false })
  })

  it('goes on past a record that the server refuses or stumbles over', async () => {
    await queue('a')
    await queue('b')
    await queue('c')
    const reply = (id: string, hash: string) => (id === 'a' ? answer(422, { code: 'x', title: '内容有误' }) : id === 'b' ? answer(500) : accept(id, hash))
    await upload(parts(reply), 'button')
    expect((await outboxOf('u1')).map(({ id, state }) => [id, state])).toEqual([['a', 'needs_changes'], ['b', 'queued']])
    expect(await receiptsOf('u1')).toHaveLength(1)
  })

  it('leaves a stumbling record alone until its time', async () => {
    await queue('a')
    await upload(parts(() => answer(500)), 'button')
    await upload(parts(accept), 'button')
    expect(sent).toHaveLength(1)
    now += 10_000
    await upload(parts(accept), 'timer')
    expect(sent).toHaveLength(2)
  })

  it('sends nothing when the server takes this browser for somebody else', async () => {
    await queue('a')
    const other: SessionCheck = { kind: 'open', session: { user: { ...user, id: 'u2' }, csrf: 'other' } }
    await upload(parts(accept, other), 'button')
    expect(sent).toEqual([])
    expect(await readMeta('hold')).toMatchObject({ reason: 'stale_session', until: null })
  })

  it('never touches the records of another user', async () => {
    await queue('mine')
    await queue('theirs', 'u2')
    await upload(parts(accept), 'button')
    expect(sent.map(({ path }) => path)).toEqual(['/api/monitoring/visits/mine'])
    expect(await outboxOf('u2')).toHaveLength(1)
  })

  it('waits for a person when nobody is signed in, and goes on when they are', async () => {
    await queue('a')
    await upload(parts(accept, { kind: 'closed' }), 'button')
    await upload(parts(accept), 'timer')
    expect(sent).toEqual([])
    await upload(parts(accept), 'signed_in')
    expect(await receiptsOf('u1')).toHaveLength(1)
  })

  it('tries later and later while the server is away', async () => {
    await queue('a')
    const away = parts(accept, { kind: 'unknown', reply: answer(502) })
    await upload(away, 'button')
    await upload(away, 'button')
    await upload(away, 'button')
    expect(await readMeta('hold')).toMatchObject({ reason: 'server_trouble', failures: 3, until: NOW + 15_000 })
  })

  it('keeps to Retry-After even when the button is pressed', async () => {
    await queue('a')
    await upload(parts(() => answer(429, undefined, 30_000)), 'button')
    now += 29_000
    await upload(parts(accept), 'button')
    expect(sent).toHaveLength(1)
    now += 2_000
    await upload(parts(accept), 'timer')
    expect(await receiptsOf('u1')).toHaveLength(1)
    expect(await readMeta('hold')).toBeNull()
  })

  it('does nothing where another tab is at it', async () => {
    await queue('a')
    await upload({ ...parts(accept), alone: () => Promise.resolve(false) }, 'button')
    expect(sent).toEqual([])
  })

  it('sends again what a page that died was sending', async () => {
    await queue('a')
    await beginAttempt('a', NOW)
    await upload(parts(accept), 'start')
    expect(await receiptsOf('u1')).toHaveLength(1)
  })

  it.each([
    ['a portal page', answer(200)],
    ['a receipt for another record', accept('x', '')],
    ['400', answer(400, { code: 'bad_json' })],
    ['401', answer(401, { code: 'token_expired' })],
    ['403', answer(403, { code: 'forbidden' })],
    ['404', answer(404, { code: 'not_found' })],
    ['409', answer(409, { code: 'visit_conflict' })],
    ['413', answer(413)],
    ['422', answer(422, { code: 'hash_mismatch' })],
    ['429', answer(429)],
    ['500', answer(500)],
    ['503', answer(503)],
    ['silence', nothing],
  ])('keeps the record whatever the answer: %s', async (_name, reply) => {
    await queue('a')
    await upload(parts(() => reply), 'button')
    const [kept] = await outboxOf('u1')
    expect(kept!.state).not.toBe('sending')
    expect((await vault.open<{ body: string }>('a', kept!.content)).body).not.toBe('')
    expect(await receiptsOf('u1')).toEqual([])
  })
})
