/** Pictures and papers of a record: declared with their hash, then sent, one by one; both may be repeated. */
import { api, call } from '@/api/client'
import type { Attachment } from '@/api/types'

const MOST = 50
const MEDIA = ['image/jpeg', 'image/png', 'image/webp', 'application/pdf'] as const

export type FileKind = 'signature' | 'photo' | 'notice_photo' | 'paper' | 'evidence'
/** The service that keeps the record, and the files with it. */
export type Keeper = 'monitoring' | 'funds'
/** What a file may belong to. */
export type Subject =
  'case' | 'measure' | 'sweep_issue' | 'look_back_record' | 'sweep_record' | 'register_act' | 'visit' | 'household' | 'payment' | 'allocation' | 'document'
const KEEPERS: Partial<Record<Subject, Keeper>> = { payment: 'funds', allocation: 'funds', document: 'funds' }

export function keeperOf(subject: Subject): Keeper {
  return KEEPERS[subject] ?? 'monitoring'
}

export type Place = { lat: number; lng: number; accuracy: number } | null

/** A file that was chosen: its hash goes with the form, its id stays the same however often it is sent. */
export interface ChosenFile {
  id: string
  name: string
  sha256: string
  file: File
}

export async function filesOf(subject: Subject, subjectId: string): Promise<Attachment[]> {
  const params = { query: { subject_type: subject, subject_id: subjectId, limit: MOST } }
  if (keeperOf(subject) === 'funds') return (await call(api.GET('/api/funds/attachments', { params }))).items
  return (await call(api.GET('/api/monitoring/attachments', { params }))).items
}

/** What a record or the service is told of a file before its bytes. */
export function described(chosen: ChosenFile, kind: FileKind, place: Place = null) {
  const media = MEDIA.find((type) => type === chosen.file.type) ?? 'image/jpeg'
  return { kind, sha256: chosen.sha256, size: chosen.file.size, media_type: media, file_name: chosen.name, taken_at: null, place }
}

/** The bytes of a file that has been declared. */
export async function sendBytes(id: string, file: File, keeper: Keeper = 'monitoring'): Promise<void> {
  const request = {
    params: { path: { attachment_id: id } },
    body: file as never, // raw bytes; the document can only say "binary"
    bodySerializer: (body: unknown) => body as BodyInit,
    headers: { 'Content-Type': 'application/octet-stream' },
  }
  if (keeper === 'funds') await call(api.PUT('/api/funds/attachments/{attachment_id}/content', request))
  else await call(api.PUT('/api/monitoring/attachments/{attachment_id}/content', request))
}

/** A file for a record that is already there. */
export async function sendFile(subject: Subject, subjectId: string, kind: FileKind, chosen: ChosenFile, place: Place = null): Promise<void> {
  const body = { subject_type: subject, subject_id: subjectId, ...described(chosen, kind, place) }
  const keeper = keeperOf(subject)
  const request = { params: { path: { attachment_id: chosen.id } }, body }
  if (keeper === 'funds') await call(api.PUT('/api/funds/attachments/{attachment_id}', request))
  else await call(api.PUT('/api/monitoring/attachments/{attachment_id}', request))
  await sendBytes(chosen.id, chosen.file, keeper)
}

/** Sends several things in turn; returns the names of the files that did not go through. */
export async function sendEach(sends: readonly { name: string; send: () => Promise<void> }[]): Promise<string[]> {
  const failed: string[] = []
  for (const { name, send } of sends) await send().catch(() => failed.push(name))
  return failed
}
