import { computed, ref, shallowRef } from 'vue'
import type { Kind } from '../core/kinds'
import { type Hold, isUnsent, needsPerson, type RecordState, type Trigger } from '../core/states'
import type { Refusal } from '../core/verdict'
import { exchange } from '../net/http'
import { checkSession } from '../net/session'
import { type Progress, upload } from '../net/uploader'
import type { StoredReceipt, StoredRecord } from '../store/db'
import { readMeta } from '../store/meta'
import { photoCounts } from '../store/photos'
import { draftsOf, outboxOf, receiptsOf, type RecordContent } from '../store/records'
import { Unreadable, type Vault } from '../store/vault'
import { expired, session, vault } from './session'

/** A record as lists show it. */
export interface RecordLine {
  id: string
  kind: Kind
  task: string
  state: RecordState
  household_id: string
  visited_at: number
  /** null when it cannot be opened on this phone */
  content: RecordContent | null
  uncertain: boolean
  refusal: Refusal | null
  receipt: { number: string; received_at: string } | null
  /** Photos and signatures that the server has, of all. */
  photos: { sent: number; total: number }
}

export const records = shallowRef<RecordLine[]>([])
export const hold = shallowRef<Hold | null>(null)
export const sending = ref<Progress | null>(null)
export const online = ref(navigator.onLine)

const WAITING: readonly RecordState[] = ['queued', 'sending', 'photos']

export const unsent = computed(() => records.value.filter((line) => isUnsent(line.state)))
export const toSend = computed(() => records.value.filter((line) => WAITING.includes(line.state)))
export const stuck = computed(() => records.value.filter((line) => needsPerson(line.state)))

/** Other tabs of this origin hear that records moved. */
const channel = 'BroadcastChannel' in window ? new BroadcastChannel('linkage-records') : null

/** Closed records never change: each is opened once, however often the list is read while hundreds are sent. */
const openedWith = new WeakMap<Vault, Map<string, RecordContent | null>>()

async function contentOf(record: StoredRecord | StoredReceipt): Promise<RecordContent | null> {
  const box = vault.value
  if (!box) return null
  const opened = openedWith.get(box) ?? new Map<string, RecordContent | null>()
  openedWith.set(box, opened)
  const key = record.payload_hash && `${record.id} ${record.payload_hash}`
  const known = opened.get(key)
  if (key && known) return known
  try {
    const content = await box.open<RecordContent>(record.id, record.content)
    if (key) opened.set(key, content)
    return content
  } catch (error) {
    if (error instanceof Unreadable) return null
    throw error
  }
}

type Counts = ReadonlyMap<string, RecordLine['photos']>

const NO_PHOTOS = { sent: 0, total: 0 }

async function waitingLine(record: StoredRecord, counts: Counts): Promise<RecordLine> {
  const { id, kind, task, state, household_id, visited_at, uncertain, refusal, receipt } = record
  return { id, kind, task, state, household_id, visited_at, uncertain, refusal, receipt, content: await contentOf(record), photos: counts.get(id) ?? NO_PHOTOS }
}

async function acceptedLine(stored: StoredReceipt, counts: Counts): Promise<RecordLine> {
  const { id, kind, household_id, visited_at, number, received_at } = stored
  const [content, photos] = [await contentOf(stored), counts.get(id) ?? NO_PHOTOS]
  return { id, kind, task: '', state: 'accepted', household_id, visited_at, uncertain: false, refusal: null, content, receipt: { number, received_at }, photos }
}

let reading: Promise<void> | null = null
let changedMeanwhile = false

/** Reads the stores again. Who calls while they are being read waits for one more reading, and no more than one. */
export function loadRecords(): Promise<void> {
  changedMeanwhile = true
  reading ??= readUntilStill()
  return reading
}

async function readUntilStill(): Promise<void> {
  try {
    while (changedMeanwhile) {
      changedMeanwhile = false
      await readRecords()
    }
  } finally {
    reading = null
  }
}

/** Newest first. */
async function readRecords(): Promise<void> {
  const owner = session.value?.user.id
  if (!owner) {
    records.value = []
    return
  }
  const [drafts, outbox, receipts, counts, rest] = await Promise.all([draftsOf(owner), outboxOf(owner), receiptsOf(owner), photoCounts(owner), readMeta('hold')])
  const lines = await Promise.all([...[...drafts, ...outbox].map((each) => waitingLine(each, counts)), ...receipts.map((each) => acceptedLine(each, counts))])
  records.value = lines.sort((a, b) => (a.id < b.id ? 1 : -1))
  hold.value = rest
}

/** After any change to the stores by this tab. */
export async function recordsChanged(): Promise<void> {
  channel?.postMessage('changed')
  await loadRecords()
}

const SHOW_MS = 300
let shown: ReturnType<typeof setTimeout> | undefined

/** While much is sent, the screen follows a few times a second. */
function showSoon(): void {
  shown ??= setTimeout(() => {
    shown = undefined
    void recordsChanged()
  }, SHOW_MS)
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
        showSoon()
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
