/** Pictures and papers of a case: declared with their hash, then sent, one by one; both may be repeated. */
import { api, call } from '@/api/client'
import type { Attachment } from '@/api/types'
import { uuid7 } from '@/shared/ids'
import type { ChosenFile, StepValues } from './case-form'

const MOST = 50
const MEDIA = ['image/jpeg', 'image/png', 'image/webp'] as const

export type FileKind = 'signature' | 'photo' | 'notice_photo' | 'paper'

export async function filesOf(caseId: string): Promise<Attachment[]> {
  return (await call(api.GET('/api/monitoring/attachments', { params: { query: { subject_type: 'case', subject_id: caseId, limit: MOST } } }))).items
}

export async function sendFile(caseId: string, kind: FileKind, chosen: ChosenFile, place: StepValues['location'] = null): Promise<void> {
  const id = uuid7()
  const media = MEDIA.find((type) => type === chosen.file.type) ?? 'image/jpeg'
  await call(
    api.PUT('/api/monitoring/attachments/{attachment_id}', {
      params: { path: { attachment_id: id } },
      body: { subject_type: 'case', subject_id: caseId, kind, sha256: chosen.sha256, size: chosen.file.size, media_type: media, file_name: chosen.name, taken_at: null, place },
    }),
  )
  await call(
    api.PUT('/api/monitoring/attachments/{attachment_id}/content', {
      params: { path: { attachment_id: id } },
      body: chosen.file as never, // raw bytes; the document can only say "binary"
      bodySerializer: (body: unknown) => body as BodyInit,
      headers: { 'Content-Type': 'application/octet-stream' },
    }),
  )
}

/** Sends what was chosen in the form of a step whose record is in; returns the names of those that did not go through. */
export async function keepFiles(caseId: string, stage: string, values: StepValues): Promise<string[]> {
  const failed: string[] = []
  const wanted: [FileKind, ChosenFile][] = [
    ...values.signature.map((chosen): [FileKind, ChosenFile] => ['signature', chosen]),
    ...values.photos.map((chosen): [FileKind, ChosenFile] => [stage === 'notice' ? 'notice_photo' : 'photo', chosen]),
  ]
  for (const [kind, chosen] of wanted) {
    await sendFile(caseId, kind, chosen, kind === 'photo' ? values.location : null).catch(() => failed.push(chosen.name))
  }
  return failed
}
