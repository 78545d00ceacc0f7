/** The hash that names a file: hex SHA-256 of its bytes. */
import { sha256Hex } from './sha256'

export async function digestOf(file: Blob): Promise<string> {
  const bytes = await file.arrayBuffer()
  // The browser's own, which is faster, is there only on https and on this machine itself.
  if (!globalThis.crypto?.subtle) return sha256Hex(new Uint8Array(bytes))
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
