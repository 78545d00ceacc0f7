import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from 'idb'
import type { Kind } from '../core/kinds'
import type { Hold, Progress } from '../core/states'
import type { PhotoKind } from '../core/types'
import type { Receipt, SentPhoto } from '../core/verdict'
import type { Sealed, SealedBytes } from './vault'

/** Everything about a record but its contents, which are sealed: what the queue needs to move it. */
export interface StoredRecord extends Progress {
  id: string
  kind: Kind
  /** What it answers: a look-back, a sweep round; '' for a record of its own accord. */
  task: string
  /** The user who wrote it; nobody else may see or send it. */
  owner: string
  household_id: string
  /** ms */
  visited_at: number
  created_at: number
  updated_at: number
  /** Hex; '' while a draft. */
  payload_hash: string
  /** The photos that the closed record names; [] while a draft. */
  photos: SentPhoto[]
  content: Sealed
}

export interface StoredReceipt extends Receipt {
  kind: Kind
  owner: string
  household_id: string
  visited_at: number
  /** ms; the record may leave the phone after this. */
  keep_until: number
  content: Sealed
}

/** A photo or a signature: on the phone until its record leaves it. */
export interface StoredPhoto extends SentPhoto {
  owner: string
  record_id: string
  kind: PhotoKind
  /** The server's word that it has these bytes, ISO; null until then. */
  received_at: string | null
  content: SealedBytes
}

export interface StoredPack {
  owner: string
  village_code: string
  village_name: string
  households: number
  generated_at: string
  downloaded_at: number
  content: Sealed
}

export interface SessionUser {
  id: string
  username: string
  name: string
  role: string
  role_name: string
  region: { code: string; name: string; level: string | number }
}

/** Who this phone works for, kept so that it can be opened without a network. */
export interface StoredSession {
  user: SessionUser
  csrf: string
}

export interface Meta {
  session: StoredSession
  /** The server's clock minus this phone's, and when that was seen (device ms). */
  clock: { offset_ms: number; seen_at: number }
  hold: Hold
  /** A sign-out made without a network, to be told to the server: the session's CSRF token. */
  pending_sign_out: { csrf: string }
}

interface Schema extends DBSchema {
  drafts: { key: string; value: StoredRecord; indexes: { owner: string } }
  outbox: { key: string; value: StoredRecord; indexes: { owner: string } }
  receipts: { key: string; value: StoredReceipt; indexes: { owner: string } }
  /** `of_record` and `received` are read by their keys alone: a list counts photos without touching a picture. */
  photos: { key: string; value: StoredPhoto; indexes: { owner: string; record_id: string; of_record: [string, string]; received: [string, string, string] } }
  packs: { key: [string, string]; value: StoredPack; indexes: { owner: string } }
  keys: { key: string; value: { owner: string; key: CryptoKey } }
  meta: { key: string; value: Meta[keyof Meta] }
}

export type Database = IDBPDatabase<Schema>
export type StoreName = 'drafts' | 'outbox' | 'receipts' | 'photos' | 'packs' | 'keys' | 'meta'

export const DATABASE = 'linkage-m'
let opened: Promise<Database> | null = null

/** The open database; opened again after the browser has closed it under a page in the background. */
export function database(): Promise<Database> {
  opened ??= openDB<Schema>(DATABASE, 3, {
    async upgrade(db, before, _after, tx) {
      if (before < 1) firstLayout(db)
      if (before < 2) {
        const photos = db.createObjectStore('photos', { keyPath: 'id' })
        photos.createIndex('owner', 'owner')
        photos.createIndex('record_id', 'record_id')
      }
      const photos = tx.objectStore('photos')
      photos.createIndex('of_record', ['owner', 'record_id'])
      // A photo without a receipt has no key here, and so is not in it.
      photos.createIndex('received', ['owner', 'record_id', 'received_at'])
      if (before === 1) await nameKinds(tx)
    },
    blocking(_current, _blocked, event) {
      // A newer version of the app in another tab wants to change the layout: give way.
      ;(event.target as IDBDatabase).close()
      opened = null
    },
    terminated() {
      opened = null
    },
  }).catch((error: unknown) => {
    opened = null
    throw error
  })
  return opened
}

function firstLayout(db: Database): void {
  db.createObjectStore('drafts', { keyPath: 'id' }).createIndex('owner', 'owner')
  db.createObjectStore('outbox', { keyPath: 'id' }).createIndex('owner', 'owner')
  db.createObjectStore('receipts', { keyPath: 'id' }).createIndex('owner', 'owner')
  db.createObjectStore('packs', { keyPath: ['owner', 'village_code'] }).createIndex('owner', 'owner')
  db.createObjectStore('keys', { keyPath: 'owner' })
  db.createObjectStore('meta')
}

/** The first layout knew visits only, without photos. */
async function nameKinds(tx: IDBPTransaction<Schema, StoreName[], 'versionchange'>): Promise<void> {
  for (const name of ['drafts', 'outbox'] as const) {
    for (let at = await tx.objectStore(name).openCursor(); at; at = await at.continue()) {
      await at.update({ ...at.value, kind: 'visit', task: '', photos: [], receipt: null })
    }
  }
  for (let at = await tx.objectStore('receipts').openCursor(); at; at = await at.continue()) {
    await at.update({ ...at.value, kind: 'visit', photos: [] })
  }
}

/** A writing transaction that is complete only when the bytes are on the disk. */
export async function writing<Names extends StoreName[]>(...stores: Names) {
  return (await database()).transaction(stores, 'readwrite', { durability: 'strict' })
}

/** Closes the database; the next use opens it again. */
export async function closeDatabase(): Promise<void> {
  const db = await opened
  opened = null
  db?.close()
}
