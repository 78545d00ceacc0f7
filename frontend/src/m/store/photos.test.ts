// @vitest-environment node
import 'fake-indexeddb/auto'
import { deleteDB, openDB } from 'idb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sha256Hex } from '@/shared/sha256'
import type { PhotoRef } from '../core/types'
import type { Reply } from '../core/verdict'
import { prefilled, visitBody } from '../core/visit'
import { upload, type UploaderParts } from '../net/uploader'
import { someHousehold } from '../testing'
import { closeDatabase, DATABASE, database } from './db'
import { dropPhoto, openPhoto, photoCounts, photosOf, savePhoto } from './photos'
import { closeDraft, discard, outboxOf, purgeReceipts, receiptsOf, resend } from './records'
import { openVault, Unreadable, type Vault } from './vault'
import { wipeUser } from './wipe'

const NOW = Date.parse('2026-11-22T10:00:00+08:00')
const household = someHousehold()
const user = { id: 'u1', username: 'cadre', name: '王建国', role: 'village_cadre', role_name: '村干部', region: { code: '', name: '', level: '' } }
const picture = new TextEncoder().encode('JPEG of a house')
let vault: Vault
let puts: string[] = []

async function take(id: string, record = 'r1'): Promise<PhotoRef> {
  const sha256 = sha256Hex(new TextEncoder().encode(`JPEG of a house ${id}`))
  const bytes = new TextEncoder().encode(`JPEG of a house ${id}`).buffer
  await savePhoto(vault, { id, owner: 'u1', record_id: record, kind: 'photo', sha256, bytes })
  return { id, kind: 'photo', sha256, size: bytes.byteLength, media_type: 'image/jpeg', file_name: `${id}.jpg`, taken_at: '2026-11-22T10:00:00+08:00', place: null }
}

async function record(photos: PhotoRef[], id = 'r1'): Promise<void> {
  const form = { ...prefilled(household, NOW), photos }
  const body = visitBody(form, household.id, { sent_at: '2026-11-22T10:00:00+08:00', offset_ms: 0, elapsed_ms: 0 })
  await closeDraft(vault, { id, kind: 'visit', task: '', owner: 'u1', household_id: household.id, household_name: '曾建国', group_name: '', village_name: '', form }, body, NOW)
}

const answer = (status: number, json: unknown): Reply => ({ kind: 'answer', status, json, retryAfterMs: 0 })

/** A server that keeps records, and photos by `photo`. */
function parts(photo: (sha256: string, id: string) => Reply, named = (body: { photos: PhotoRef[] }) => body.photos): UploaderParts {
  return {
    owner: 'u1',
    vault,
    checkSession: () => Promise.resolve({ kind: 'open', session: { user, csrf: 'token' } }),
    async put(path, body) {
      puts.push(path)
      const id = path.split('/').at(path.endsWith('/content') ? -2 : -1)!
      if (typeof body !== 'string') return photo(sha256Hex(new Uint8Array(await body.arrayBuffer())), id)
      const sent = JSON.parse(body) as { payload_hash: string; photos: PhotoRef[] }
      const photos = named(sent).map((each) => ({ id: each.id, sha256: each.sha256, received: false }))
      return answer(201, { receipt: { id, number: 'ZF-1', received_at: '', payload_hash: sent.payload_hash, photos } })
    },
    alone: async (work) => {
      await work()
      return true
    },
    now: () => NOW,
    random: () => 0.5,
    changed: () => {},
  }
}
const keep = (sha256: string, id: string) => answer(201, { receipt: { id, sha256, size: 1, received_at: '2026-11-22T10:01:00+08:00' } })

beforeEach(async () => {
  puts = []
  vault = await openVault('u1')
})
afterEach(async () => {
  await closeDatabase()
  await deleteDB(DATABASE)
})

describe('a photo', () => {
  it('is encrypted on the phone, and opens again to the same bytes', async () => {
    await take('p1')
    const [stored] = await photosOf('r1')
    expect(await stored!.content.data.text()).not.toContain('JPEG of a house')
    expect(new TextDecoder().decode((await openPhoto(vault, 'p1'))!)).toBe('JPEG of a house p1')
  })

  it('is not opened by another user, nor under another id', async () => {
    await take('p1')
    await expect(openPhoto(await openVault('u2'), 'p1')).rejects.toBeInstanceOf(Unreadable)
    const [stored] = await photosOf('r1')
    await expect(vault.openBytes('photo:p2', stored!.content)).rejects.toBeInstanceOf(Unreadable)
  })

  it('can be taken out of a draft, not out of a closed record', async () => {
    const photo = await take('p1')
    await record([photo])
    await dropPhoto('p1')
    expect(await photosOf('r1')).toHaveLength(1)
    await take('p2', 'r2')
    await dropPhoto('p2')
    expect(await photosOf('r2')).toEqual([])
  })
})

describe('counting', () => {
  it('tells of each record what the server has of it, and nothing of another person', async () => {
    await record([await take('p1'), await take('p2')])
    await take('p3', 'r2')
    await upload(parts((sha256, id) => (id === 'p1' ? keep(sha256, id) : { kind: 'none' })), 'button')
    expect([...(await photoCounts('u1'))]).toEqual([['r1', { sent: 1, total: 2 }], ['r2', { sent: 0, total: 1 }]])
    expect((await photoCounts('u2')).size).toBe(0)
  })
})

describe('upload', () => {
  it('sends all records before the first photo, and is done when each photo has its receipt', async () => {
    await record([await take('p1'), await take('p2')])
    await record([await take('p3', 'r2')], 'r2')
    await upload(parts(keep), 'button')
    const doors = puts.map((path) => path.replace('/api/monitoring/', ''))
    expect(doors).toEqual(['visits/r1', 'visits/r2', 'attachments/p1/content', 'attachments/p2/content', 'attachments/p3/content'])
    expect(await outboxOf('u1')).toEqual([])
    const [receipt] = await receiptsOf('u1')
    expect(receipt!.photos.map(({ id, received }) => [id, received])).toEqual([['p1', true], ['p2', true]])
  })

  it('goes on after the photo where the signal was lost, and sends no record again', async () => {
    await record([await take('p1'), await take('p2')])
    await upload(parts((sha256, id) => (id === 'p1' ? keep(sha256, id) : { kind: 'none' })), 'button')
    expect(await outboxOf('u1')).toMatchObject([{ state: 'photos', receipt: { number: 'ZF-1' } }])
    puts = []
    await upload(parts(keep), 'online')
    expect(puts).toEqual(['/api/monitoring/attachments/p2/content'])
    expect(await receiptsOf('u1')).toHaveLength(1)
  })

  it.each([
    ['other bytes', answer(200, { receipt: { id: 'p1', sha256: 'ff', size: 1, received_at: '' } }), 'quarantined'],
    ['another photo', answer(200, { receipt: { id: 'px', sha256: 'ff', size: 1, received_at: '' } }), 'photos'],
    ['a portal page', answer(200, undefined), 'photos'],
    ['409', answer(409, { code: 'attachment_conflict' }), 'quarantined'],
    ['413', answer(413, undefined), 'quarantined'],
    ['503', answer(503, undefined), 'photos'],
    ['500', answer(500, undefined), 'photos'],
    ['401', answer(401, { code: 'token_expired' }), 'photos'],
    ['silence', { kind: 'none' } as Reply, 'photos'],
  ])('keeps record and photo whatever the answer: %s', async (_name, reply, state) => {
    await record([await take('p1')])
    await upload(parts(() => reply), 'button')
    expect(await outboxOf('u1')).toMatchObject([{ state, receipt: { number: 'ZF-1' } }])
    expect((await photosOf('r1'))[0]!.received_at).toBeNull()
    await wipeUser('u1')
    expect(await openPhoto(await openVault('u1'), 'p1')).not.toBeNull()
  })

  it('takes no receipt that does not name every photo', async () => {
    await record([await take('p1'), await take('p2')])
    await upload(parts(keep, (body) => body.photos.slice(1)), 'button')
    expect(await outboxOf('u1')).toMatchObject([{ state: 'conflict' }])
    expect(puts).toHaveLength(1)
  })

  it('sends a refused photo again when a person says so', async () => {
    await record([await take('p1')])
    await upload(parts(() => answer(413, undefined)), 'button')
    await resend('r1', NOW)
    await upload(parts(keep), 'button')
    expect(await receiptsOf('u1')).toHaveLength(1)
    expect(puts.filter((path) => path.endsWith('/r1'))).toHaveLength(1)
  })

  it('sets a record aside whose photo is gone from the phone, rather than wait for ever', async () => {
    await record([await take('p1')])
    await upload(parts(() => ({ kind: 'none' })), 'button')
    await (await database()).delete('photos', 'p1')
    await upload(parts(keep), 'online')
    expect(await outboxOf('u1')).toMatchObject([{ state: 'quarantined', refusal: { code: 'unreadable' } }])
  })
})

describe('leaving the phone', () => {
  it('photos go with their receipted record, not before', async () => {
    await record([await take('p1')])
    await upload(parts(keep), 'button')
    expect(await photosOf('r1')).toHaveLength(1)
    await purgeReceipts('u1', Date.now() + 40 * 86_400_000)
    expect(await photosOf('r1')).toEqual([])
  })

  it('photos of a deleted draft go with it', async () => {
    await take('p1')
    await discard('r1')
    expect(await photosOf('r1')).toEqual([])
  })

  it('signing out takes sent photos away and keeps unsent ones for their writer', async () => {
    await record([await take('p1')])
    await upload(parts(keep), 'button')
    await record([await take('p2', 'r2')], 'r2')
    await wipeUser('u1')
    expect(await photosOf('r1')).toEqual([])
    expect(await photosOf('r2')).toHaveLength(1)
  })
})

describe('a phone with records of the first layout', () => {
  it('keeps them, as visits without photos', async () => {
    await closeDatabase()
    await deleteDB(DATABASE)
    const old = await openDB(DATABASE, 1, {
      upgrade(db) {
        for (const name of ['drafts', 'outbox', 'receipts']) db.createObjectStore(name, { keyPath: 'id' }).createIndex('owner', 'owner')
        db.createObjectStore('packs', { keyPath: ['owner', 'village_code'] }).createIndex('owner', 'owner')
        db.createObjectStore('keys', { keyPath: 'owner' })
        db.createObjectStore('meta')
      },
    })
    const content = { plain: JSON.stringify({ form: {}, body: '{"form_version":1}' }) }
    const known = { owner: 'u9', household_id: 'h', visited_at: NOW, payload_hash: 'aa', content }
    await old.put('outbox', { ...known, id: 'old', state: 'queued', attempts: 0, not_before: 0, uncertain: false, refusal: null, created_at: NOW, updated_at: NOW })
    await old.put('receipts', { ...known, id: 'sent', number: 'ZF-0', received_at: '', keep_until: NOW })
    old.close()
    expect(await outboxOf('u9')).toMatchObject([{ id: 'old', kind: 'visit', photos: [], state: 'queued' }])
    expect(await receiptsOf('u9')).toMatchObject([{ id: 'sent', kind: 'visit', number: 'ZF-0' }])
  })
})

it('hashes bytes as it hashes text', () => {
  expect(sha256Hex(picture)).toBe(sha256Hex('JPEG of a house'))
})
