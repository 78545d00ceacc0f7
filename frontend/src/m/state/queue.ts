import { computed, ref, shallowRef } from 'vue'
import { type Hold, isUnsent, needsPerson, type RecordState, type Trigger } from '../core/states'
import type { Refusal } from '../core/verdict'
import { exchange } from '../net/http'
import { checkSession } from '../net/session'
import { upload } from '../net/uploader'
import type { StoredReceipt, StoredRecord } from '../store/db'
import { readMeta } from '../store/meta'
import { draftsOf, outboxOf, receiptsOf, type RecordContent } from '../store/records'
import { Unreadable } from '../store/vault'
import { expired, session, vault } from './session'

/** A record as lists show it. */
export interface RecordLine {
  id: string
  state: RecordState
  household_id: string
  visited_at: number
  /** null when it cannot be opened on this phone */
  content: RecordContent | null
  uncertain: boolean
  refusal: Refusal | null
  receipt: { number: string; received_at: string } | null
}

export const records = shallowRef<RecordLine[]>([])
export const hold = shallowRef<Hold | null>(null)
export const sending = ref<{ index: number; total: number } | null>(null)
export const online = ref(navigator.onLine)

export const unsent = computed(() => records.value.filter((line) => isUnsent(line.state)))
export const toSend = computed(() => records.value.filter((line) => line.state === 'queued' || line.state === 'sending'))
export const stuck = computed(() => records.value.filter((line) => needsPerson(line.state)))

/** Other tabs of this origin hear that records moved. */
const channel = 'BroadcastChannel' in window ? new BroadcastChannel('linkage-records') : null

async function contentOf(record: StoredRecord | StoredReceipt): Promise<RecordContent | null> {
  try {
    return (await vault.value?.open<RecordContent>(record.id, record.content)) ?? null
  } catch (error) {
    if (error instanceof Unreadable) return null
    throw error
  }
}

async function waitingLine(record: StoredRecord): Promise<RecordLine> {
  const { id, state, household_id, visited_at, uncertain, refusal } = record
  return { id, state, household_id, visited_at, uncertain, refusal, content: await contentOf(record), receipt: null }
}

async function acceptedLine(stored: StoredReceipt): Promise<RecordLine> {
  const { id, household_id, visited_at, number, received_at } = stored
  const content = await contentOf(stored)
  return { id, state: 'accepted', household_id, visited_at, uncertain: false, refusal: null, content, receipt: { number, received_at } }
}

/** Reads the stores again; newest first. */
export async function loadRecords(): Promise<void> {
  const owner = session.value?.user.id
  if (!owner) {
    records.value = []
    return
  }
  const [drafts, outbox, receipts, rest] = await Promise.all([draftsOf(owner), outboxOf(owner), receiptsOf(owner), readMeta('hold')])
  const lines = await Promise.all([...drafts.map(waitingLine), ...outbox.map(waitingLine), ...receipts.map(acceptedLine)])
  records.value = lines.sort((a, b) => (a.id < b.id ? 1 : -1))
  hold.value = rest
}

/** After any change to the stores by this tab. */
export async function recordsChanged(): Promise<void> {
  channel?.postMessage('changed')
  await loadRecords()
}

let busy = false

/** One uploader per origin: a browser-wide lock, and within this tab where there is none (plain http). */
async function alone(work: () => Promise<void>): Promise<boolean> {
  if (busy) return false
  busy = true
  try {
    if (!navigator.locks) {
      await work()
      return true
    }
    return await navigator.locks.request('linkage-upload', { ifAvailable: true }, async (lock) => {
      if (lock) await work()
      return lock !== null
    })
  } finally {
    busy = false
  }
}

/** Sets the queue off; what holds it and what came of it is read from `hold` and `records`. */
export async function setOff(trigger: Trigger): Promise<void> {
  const [known, box] = [session.value, vault.value]
  if (!known || !box) return
  await upload(
    {
      owner: known.user.id,
      vault: box,
      checkSession,
      put: (path, body, csrf, timeoutMs) => exchange({ method: 'PUT', path, body, csrf, timeoutMs }),
      alone,
      now: () => Date.now(),
      random: Math.random,
      changed(progress) {
        sending.value = progress
        void recordsChanged()
      },
    },
    trigger,
  )
  await loadRecords()
  if (hold.value?.reason === 'signed_out' || hold.value?.reason === 'stale_session') expired.value = true
}

const TIMER_MS = 30_000

/** Start, signal, being looked at, time: each may be the moment when sending works. */
export function watchForSignal(): void {
  channel?.addEventListener('message', () => void loadRecords())
  addEventListener('online', () => {
    online.value = true
    void setOff('online')
  })
  addEventListener('offline', () => (online.value = false))
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void setOff('visible')
  })
  setInterval(() => {
    if (document.visibilityState === 'visible') void setOff('timer')
  }, TIMER_MS)
}
