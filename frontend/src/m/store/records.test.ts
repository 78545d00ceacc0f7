// @vitest-environment node
import 'fake-indexeddb/auto'
import { deleteDB } from 'idb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { payloadHash } from '@/shared/canonical'
import { prefilled, visitBody } from '../core/visit'
import { someHousehold, somePack } from '../testing'
import { closeDatabase, DATABASE, database } from './db'
import { savePack } from './packs'
import {
  beginAttempt,
  closeDraft,
  countOfOthers,
  discard,
  draftsOf,
  keepBoth,
  outboxOf,
  purgeReceipts,
  receiptsOf,
  type RecordContent,
  recordVerdict,
  recoverInterrupted,
  reopen,
  saveDraft,
} from './records'
import { openVault, Unreadable, type Vault } from './vault'
import { wipeUser } from './wipe'

const NOW = Date.parse('2026-11-22T10:00:00+08:00')
const household = someHousehold()
const form = prefilled(household, NOW)
const body = visitBody(form, household.id, { sent_at: '2026-11-22T10:00:00+08:00', offset_ms: 0, elapsed_ms: null })
const half = () => 0.5
let vault: Vault

function input(id = 'r1', owner = 'u1', note = '') {
  const { head_name: household_name, group_name } = household
  return { id, kind: 'visit' as const, task: '', owner, household_id: household.id, household_name, group_name, village_name: '清江村', form: { ...form, note } }
}
function receipt(id: string) {
  return { id, number: 'ZF-1', received_at: '2026-11-22T10:00:05+08:00', payload_hash: payloadHash(body), photos: [] }
}
const offline = { kind: 'wait', reason: 'offline', all: true, retryAfterMs: 0 } as const

beforeEach(async () => {
  vault = await openVault('u1')
})
afterEach(async () => {
  await closeDatabase()
  await deleteDB(DATABASE)
})

describe('a draft', () => {
  it('is on the phone as last written', async () => {
    await saveDraft(vault, input('r1', 'u1', '一'), NOW)
    await saveDraft(vault, input('r1', 'u1', '二'), NOW)
    const [draft, ...others] = await draftsOf('u1')
    expect(others).toEqual([])
    expect((await vault.open<RecordContent>('r1', draft!.content)).form).toMatchObject({ note: '二' })
  })

  it('becomes one queued record, however often it is closed', async () => {
    await saveDraft(vault, input(), NOW)
    await Promise.all([closeDraft(vault, input(), body, NOW), closeDraft(vault, input(), body, NOW)])
    await closeDraft(vault, input(), body, NOW)
    expect(await draftsOf('u1')).toEqual([])
    expect(await outboxOf('u1')).toMatchObject([{ id: 'r1', state: 'queued', payload_hash: payloadHash(body) }])
  })

  it('does not come back beside its closed record by a late autosave', async () => {
    await closeDraft(vault, input(), body, NOW)
    await saveDraft(vault, input(), NOW)
    expect(await draftsOf('u1')).toEqual([])
  })

  it('does not come back beside its receipt either', async () => {
    await closeDraft(vault, input(), body, NOW)
    await beginAttempt('r1', NOW)
    await recordVerdict('r1', { kind: 'accepted', receipt: receipt('r1') }, NOW, half)
    await closeDraft(vault, input(), body, NOW)
    expect([await draftsOf('u1'), await outboxOf('u1')]).toEqual([[], []])
  })
})

describe('a queued record', () => {
  beforeEach(() => closeDraft(vault, input(), body, NOW))

  it('is sent by one attempt at a time', async () => {
    const begun = await Promise.all([beginAttempt('r1', NOW), beginAttempt('r1', NOW)])
    expect(begun.filter(Boolean)).toHaveLength(1)
  })

  it('moves to the receipts when accepted', async () => {
    await beginAttempt('r1', NOW)
    await recordVerdict('r1', { kind: 'accepted', receipt: receipt('r1') }, NOW, half)
    expect(await outboxOf('u1')).toEqual([])
    expect(await receiptsOf('u1')).toMatchObject([{ id: 'r1', number: 'ZF-1', household_id: household.id }])
  })

  it('is found again after the page died while sending', async () => {
    await beginAttempt('r1', NOW)
    await closeDatabase()
    await recoverInterrupted('u1', NOW)
    expect(await outboxOf('u1')).toMatchObject([{ state: 'queued', uncertain: true }])
  })

  it('goes back to a draft under its id when the server asks for changes', async () => {
    await beginAttempt('r1', NOW)
    const refusal = { status: 422, code: 'validation_failed', message: '内容有误', errors: [] }
    await recordVerdict('r1', { kind: 'needs_changes', refusal }, NOW, half)
    await reopen(vault, 'r1', NOW)
    expect(await outboxOf('u1')).toEqual([])
    expect(await draftsOf('u1')).toMatchObject([{ id: 'r1', state: 'draft', payload_hash: '', refusal: { message: '内容有误' } }])
  })

  it('is not reopened while the server may hold it', async () => {
    await beginAttempt('r1', NOW)
    await recordVerdict('r1', offline, NOW, half)
    await reopen(vault, 'r1', NOW)
    expect(await outboxOf('u1')).toHaveLength(1)
    expect(await draftsOf('u1')).toEqual([])
  })

  it('goes out under a new id when a person keeps both sides of a conflict', async () => {
    await beginAttempt('r1', NOW)
    const refusal = { status: 409, code: 'visit_conflict', message: '', errors: [] }
    await recordVerdict('r1', { kind: 'conflict', refusal }, NOW, half)
    await keepBoth(vault, 'r1', 'r2', NOW)
    const [kept, ...others] = await outboxOf('u1')
    expect(others).toEqual([])
    expect(kept).toMatchObject({ id: 'r2', state: 'queued', payload_hash: payloadHash(body), refusal: null })
    expect((await vault.open<RecordContent>('r2', kept!.content)).household_name).toBe('曾建国')
  })

  it('is deleted only when asked for', async () => {
    await discard('r1')
    expect(await outboxOf('u1')).toEqual([])
  })
})

describe('receipts', () => {
  it('leave the phone thirty days after the receipt, not before', async () => {
    await closeDraft(vault, input(), body, NOW)
    await beginAttempt('r1', NOW)
    await recordVerdict('r1', { kind: 'accepted', receipt: receipt('r1') }, NOW, half)
    await purgeReceipts('u1', NOW + 29 * 86_400_000)
    expect(await receiptsOf('u1')).toHaveLength(1)
    await purgeReceipts('u1', NOW + 31 * 86_400_000)
    expect(await receiptsOf('u1')).toEqual([])
  })
})

describe('at rest', () => {
  it('no name and no word of a record can be read from the stores', async () => {
    await saveDraft(vault, input('d1', 'u1', '老人住院'), NOW)
    await closeDraft(vault, input('r1', 'u1', '老人住院'), body, NOW)
    await savePack(vault, 'u1', somePack([household]), NOW)
    const db = await database()
    const everything = await Promise.all([db.getAll('drafts'), db.getAll('outbox'), db.getAll('packs')])
    const bytes = everything.flat().map(({ content }) => ('data' in content ? new TextDecoder().decode(content.data) : content.plain))
    expect(vault.encrypted).toBe(true)
    for (const text of [...bytes, JSON.stringify(everything)]) {
      expect(text).not.toContain('曾建国')
      expect(text).not.toContain('老人住院')
    }
  })

  it('another user cannot open it, nor can contents be swapped between records', async () => {
    await saveDraft(vault, input(), NOW)
    const [draft] = await draftsOf('u1')
    const other = await openVault('u2')
    await expect(other.open('r1', draft!.content)).rejects.toBeInstanceOf(Unreadable)
    await expect(vault.open('r2', draft!.content)).rejects.toBeInstanceOf(Unreadable)
  })

  it('the key does not leave the browser', async () => {
    const stored = await (await database()).get('keys', 'u1')
    expect(stored!.key.extractable).toBe(false)
  })
})

describe('signing out', () => {
  it('clears all but what is not sent, which its writer can still open later', async () => {
    await closeDraft(vault, input('sent'), body, NOW)
    await beginAttempt('sent', NOW)
    await recordVerdict('sent', { kind: 'accepted', receipt: receipt('sent') }, NOW, half)
    await closeDraft(vault, input('unsent'), body, NOW)
    await saveDraft(vault, input('draft'), NOW)
    await savePack(vault, 'u1', somePack([]), NOW)
    await wipeUser('u1')
    expect(await receiptsOf('u1')).toEqual([])
    expect(await (await database()).count('packs')).toBe(0)
    expect(await countOfOthers(null)).toBe(2)
    const [queued] = await outboxOf('u1')
    const again = await openVault('u1')
    expect((await again.open<RecordContent>('unsent', queued!.content)).household_name).toBe('曾建国')
  })

  it('destroys the key when nothing is left to open', async () => {
    await wipeUser('u1')
    expect(await (await database()).count('keys')).toBe(0)
  })
})
