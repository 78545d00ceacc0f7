import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { Hold, Progress } from '../core/states'
import type { Receipt } from '../core/verdict'
import type { Sealed } from './vault'

/** Everything about a record but its contents, which are sealed: what the queue needs to move it. */
export interface StoredRecord extends Progress {
  id: string
  /** The user who wrote it; nobody else may see or send it. */
  owner: string
  household_id: string
  /** ms */
  visited_at: number
  created_at: number
  updated_at: number
  /** Hex; '' while a draft. */
  payload_hash: string
  content: Sealed
}

export interface StoredReceipt extends Receipt {
  owner: string
  household_id: string
  visited_at: number
  /** ms; the record may leave the phone after this. */
  keep_until: number
  content: Sealed
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
  packs: { key: [string, string]; value: StoredPack; indexes: { owner: string } }
  keys: { key: string; value: { owner: string; key: CryptoKey } }
  meta: { key: string; value: Meta[keyof Meta] }
}

export type Database = IDBPDatabase<Schema>
export type StoreName = 'drafts' | 'outbox' | 'receipts' | 'packs' | 'keys' | 'meta'

export const DATABASE = 'linkage-m'
let opened: Promise<Database> | null = null

/** The open database; opened again after the browser has closed it under a page in the background. */
export function database(): Promise<Database> {
  opened ??= openDB<Schema>(DATABASE, 1, {
    upgrade(db) {
      db.createObjectStore('drafts', { keyPath: 'id' }).createIndex('owner', 'owner')
      db.createObjectStore('outbox', { keyPath: 'id' }).createIndex('owner', 'owner')
      db.createObjectStore('receipts', { keyPath: 'id' }).createIndex('owner', 'owner')
      db.createObjectStore('packs', { keyPath: ['owner', 'village_code'] }).createIndex('owner', 'owner')
      db.createObjectStore('keys', { keyPath: 'owner' })
      db.createObjectStore('meta')
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
