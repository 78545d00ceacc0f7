import { uuid7 } from '@/shared/ids'
import { shanghaiIso } from '../core/clock'
import { sha256Hex } from '@/shared/sha256'
import type { PhotoKind, PhotoRef, Place } from '../core/types'
import { openPhoto, savePhoto } from '../store/photos'
import { session, vault } from './session'

/** Longest edge in pixels, and the quality, of what is kept: readable documents at about 200 kB. */
const LONGEST_EDGE = 1_600
const QUALITY = 0.75

export class NotAPicture extends Error {
  constructor() {
    super('the file is not a picture')
    this.name = 'NotAPicture'
  }
}

/** A camera's picture, upright, small enough to send: JPEG without the data that cameras write into it. */
export async function shrink(file: Blob): Promise<Blob> {
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new NotAPicture()
  })
  const scale = Math.min(1, LONGEST_EDGE / Math.max(bitmap.width, bitmap.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(bitmap.width * scale))
  canvas.height = Math.max(1, Math.round(bitmap.height * scale))
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  bitmap.close()
  return encoded(canvas, 'image/jpeg')
}

export function encoded(canvas: HTMLCanvasElement, type: PhotoRef['media_type']): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new NotAPicture())), type, QUALITY)
  })
}

/** SHA-256 by the platform where it has one: a photo is a thousand times a record. */
async function digest(bytes: ArrayBuffer): Promise<string> {
  if (!globalThis.crypto?.subtle) return sha256Hex(new Uint8Array(bytes))
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Keeps a picture for a record, on the disk before it returns. Rejects (AbortError, QuotaExceededError) when the phone is full. */
export async function keepPhoto(recordId: string, kind: PhotoKind, picture: Blob, place: Place | null): Promise<PhotoRef | null> {
  const [owner, box] = [session.value?.user.id, vault.value]
  if (!owner || !box) return null
  const [id, now] = [uuid7(), Date.now()]
  const media_type = kind === 'signature' ? 'image/png' : 'image/jpeg'
  const bytes = await picture.arrayBuffer()
  const sha256 = await digest(bytes)
  await savePhoto(box, { id, owner, record_id: recordId, kind, sha256, bytes })
  const file_name = `${kind === 'signature' ? '签名' : '照片'}-${id.slice(-8)}.${kind === 'signature' ? 'png' : 'jpg'}`
  return { id, kind, sha256, size: bytes.byteLength, media_type, file_name, taken_at: shanghaiIso(now), place }
}

/** An address under which the page can show a photo of this phone; the caller revokes it. Null when it is not here. */
export async function photoUrl(photo: Pick<PhotoRef, 'id' | 'media_type'>): Promise<string | null> {
  const bytes = vault.value && (await openPhoto(vault.value, photo.id))
  return bytes && URL.createObjectURL(new Blob([bytes], { type: photo.media_type }))
}
