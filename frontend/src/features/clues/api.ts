import { api, call } from '@/api/client'
import type { Attachment, Clue, ClueCounts, ClueRow, ClueWrite } from '@/api/types'
import type { ChosenFile } from '@/shared/files'
import type { ClueAct } from './words'

const PAGE_SIZE = 20
const MOST = 50
const MEDIA = ['image/jpeg', 'image/png', 'image/webp', 'application/pdf'] as const

export interface ClueQuery {
  state?: ClueRow['state'] | 'open'
  source?: ClueRow['source']
  region?: string
  subject_id?: string
  overdue?: boolean
}

export function listClues(query: ClueQuery, cursor?: string) {
  return call(api.GET('/api/funds/clues', { params: { query: { ...query, cursor, limit: PAGE_SIZE } } }))
}

export function fetchCounts(region?: string): Promise<ClueCounts> {
  return call(api.GET('/api/funds/clues/counts', { params: { query: { region } } }))
}

export function fetchClue(id: string): Promise<Clue> {
  return call(api.GET('/api/funds/clues/{clue_id}', { params: { path: { clue_id: id } } }))
}

export function raiseClue(id: string, body: ClueWrite): Promise<Clue> {
  return call(api.PUT('/api/funds/clues/{clue_id}', { params: { path: { clue_id: id } }, body }))
}

export interface ActWords {
  note: string
  amount: string | null
  finding: 'substantiated' | 'partly' | 'unfounded'
}

/** `key` is made when the dialog opens: pressing twice takes one step. */
export function actOnClue(id: string, act: ClueAct, key: string, words: ActWords): Promise<Clue> {
  const params = { path: { clue_id: id }, header: { 'idempotency-key': key } }
  const { note } = words
  if (act === 'acceptance') return call(api.POST('/api/funds/clues/{clue_id}/acceptance', { params, body: { note } }))
  if (act === 'notes') return call(api.POST('/api/funds/clues/{clue_id}/notes', { params, body: { note } }))
  if (act === 'recoveries') return call(api.POST('/api/funds/clues/{clue_id}/recoveries', { params, body: { note, amount: words.amount ?? '0' } }))
  if (act === 'rectification') return call(api.POST('/api/funds/clues/{clue_id}/rectification', { params, body: { note, finding: words.finding, amount: words.amount } }))
  if (act === 'return') return call(api.POST('/api/funds/clues/{clue_id}/return', { params, body: { note } }))
  return call(api.POST('/api/funds/clues/{clue_id}/closing', { params, body: { note } }))
}

export async function filesOf(clueId: string): Promise<Attachment[]> {
  return (await call(api.GET('/api/funds/attachments', { params: { query: { subject_type: 'clue', subject_id: clueId, limit: MOST } } }))).items
}

/** Declares an evidence file with its hash, then sends the bytes; both may be repeated. */
export async function sendFile(clueId: string, chosen: ChosenFile): Promise<void> {
  const path = { attachment_id: chosen.id }
  const media = MEDIA.find((type) => type === chosen.file.type) ?? 'image/jpeg'
  await call(
    api.PUT('/api/funds/attachments/{attachment_id}', {
      params: { path },
      body: { subject_type: 'clue', subject_id: clueId, kind: 'evidence', sha256: chosen.sha256, size: chosen.file.size, media_type: media, file_name: chosen.name, taken_at: null, place: null },
    }),
  )
  await call(
    api.PUT('/api/funds/attachments/{attachment_id}/content', {
      params: { path },
      body: chosen.file as never, // raw bytes; the document can only say "binary"
      bodySerializer: (body: unknown) => body as BodyInit,
      headers: { 'Content-Type': 'application/octet-stream' },
    }),
  )
}
