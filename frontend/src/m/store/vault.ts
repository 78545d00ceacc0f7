import { database, writing } from './db'

/** A value at rest: encrypted where the platform can, else as its JSON text. */
export type Sealed = { iv: Uint8Array<ArrayBuffer>; data: ArrayBuffer } | { plain: string }

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

export async function openVault(owner: string): Promise<Vault> {
  const key = await keyOf(owner)
  return {
    encrypted: key !== null,
    async seal(name, value) {
      const text = JSON.stringify(value)
      if (!key) return { plain: text }
      const iv = crypto.getRandomValues(new Uint8Array(12))
      const additionalData = new TextEncoder().encode(name)
      const data = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, new TextEncoder().encode(text))
      return { iv, data }
    },
    async open<T>(name: string, sealed: Sealed): Promise<T> {
      if ('plain' in sealed) return JSON.parse(sealed.plain) as T
      if (!key) throw new Unreadable(name)
      const additionalData = new TextEncoder().encode(name)
      const bytes = await crypto.subtle
        .decrypt({ name: 'AES-GCM', iv: sealed.iv, additionalData }, key, sealed.data)
        .catch(() => {
          throw new Unreadable(name)
        })
      return JSON.parse(new TextDecoder().decode(bytes)) as T
    },
  }
}
