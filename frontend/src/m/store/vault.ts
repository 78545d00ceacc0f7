import { database, writing } from './db'

/** A value at rest: encrypted where the platform can, else as its JSON text. */
export type Sealed = { iv: Uint8Array<ArrayBuffer>; data: ArrayBuffer } | { plain: string }

/** The bytes of a photo at rest; `iv` is null where the platform cannot encrypt. */
export interface SealedBytes {
  iv: Uint8Array<ArrayBuffer> | null
  data: Blob
}

/** The contents cannot be opened with this user's key: another user's, or damaged. */
export class Unreadable extends Error {
  constructor(name: string) {
    super(`cannot open ${name}`)
    this.name = 'Unreadable'
  }
}

/**
 * Seals and opens one user's contents. The AES-GCM key never leaves the browser (non-extractable) and
 * is bound to the name of what it seals, so that contents cannot be swapped between records.
 */
export interface Vault {
  readonly encrypted: boolean
  seal(name: string, value: unknown): Promise<Sealed>
  open<T>(name: string, sealed: Sealed): Promise<T>
  sealBytes(name: string, bytes: ArrayBuffer): Promise<SealedBytes>
  openBytes(name: string, sealed: SealedBytes): Promise<ArrayBuffer>
}

async function keyOf(owner: string): Promise<CryptoKey | null> {
  // Only https and localhost have it; on a plain address the contents stay as text.
  if (!globalThis.crypto?.subtle) return null
  const known = await (await database()).get('keys', owner)
  if (known) return known.key
  const fresh = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  const tx = await writing('keys')
  const raced = await tx.objectStore('keys').get(owner)
  if (!raced) await tx.objectStore('keys').put({ owner, key: fresh })
  await tx.done
  return raced?.key ?? fresh
}

type Iv = Uint8Array<ArrayBuffer>

function encrypt(key: CryptoKey, name: string, iv: Iv, bytes: BufferSource): Promise<ArrayBuffer> {
  return crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(name) }, key, bytes)
}

async function decrypt(key: CryptoKey | null, name: string, iv: Iv, bytes: BufferSource): Promise<ArrayBuffer> {
  if (!key) throw new Unreadable(name)
  try {
    return await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(name) }, key, bytes)
  } catch {
    throw new Unreadable(name)
  }
}

export async function openVault(owner: string): Promise<Vault> {
  const key = await keyOf(owner)
  const freshIv = () => crypto.getRandomValues(new Uint8Array(12))
  return {
    encrypted: key !== null,
    async seal(name, value) {
      const text = JSON.stringify(value)
      if (!key) return { plain: text }
      const iv = freshIv()
      return { iv, data: await encrypt(key, name, iv, new TextEncoder().encode(text)) }
    },
    async open<T>(name: string, sealed: Sealed): Promise<T> {
      if ('plain' in sealed) return JSON.parse(sealed.plain) as T
      return JSON.parse(new TextDecoder().decode(await decrypt(key, name, sealed.iv, sealed.data))) as T
    },
    async sealBytes(name, bytes) {
      if (!key) return { iv: null, data: new Blob([bytes]) }
      const iv = freshIv()
      return { iv, data: new Blob([await encrypt(key, name, iv, bytes)]) }
    },
    async openBytes(name, { iv, data }) {
      const bytes = await data.arrayBuffer()
      return iv ? decrypt(key, name, iv, bytes) : bytes
    },
  }
}
