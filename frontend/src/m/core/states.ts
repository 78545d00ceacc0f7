import { backoffMs } from './backoff'
import type { PauseReason, Receipt, Refusal, Verdict, WaitReason } from './verdict'

/** 草稿 · 待上传 · 上传中 · 已受理，传照片 · 已受理 · 需修改 · 冲突 · 隔离 */
export type RecordState =
  | 'draft'
  | 'queued'
  | 'sending'
  | 'photos'
  | 'accepted'
  | 'needs_changes'
  | 'conflict'
  | 'quarantined'

/** The part of a record that the queue moves; what was written down travels beside it untouched. */
export interface Progress {
  state: RecordState
  /** Attempts since a person last touched the record. */
  attempts: number
  /** Device time in ms before which the queue leaves it alone; 0 for at once. */
  not_before: number
  /** An attempt began and its outcome is unknown: the server may have the record. */
  uncertain: boolean
  refusal: Refusal | null
  /** The server has the record; its photos may still be on this phone. */
  receipt: Receipt | null
}

export const NEW_DRAFT: Progress = {
  state: 'draft',
  attempts: 0,
  not_before: 0,
  uncertain: false,
  refusal: null,
  receipt: null,
}

/** What may happen to a record besides an answer from the server. There is no event that drops one. */
export type Act = 'seal' | 'attempt' | 'interrupted' | 'reopen' | 'resend'

const FROM: Record<Act, readonly RecordState[]> = {
  seal: ['draft'],
  attempt: ['queued'],
  interrupted: ['sending'],
  reopen: ['queued', 'needs_changes', 'quarantined'],
  resend: ['queued', 'needs_changes', 'quarantined'],
}

export class ImpossibleStep extends Error {
  constructor(step: string, state: RecordState) {
    super(`${step} from ${state}`)
    this.name = 'ImpossibleStep'
  }
}

export function may(act: Act, progress: Progress): boolean {
  if (!FROM[act].includes(progress.state)) return false
  // The server holds, or may hold, what was sent: changing it now could only end in a conflict.
  return !(act === 'reopen' && (progress.uncertain || progress.receipt))
}

/** The record after a person's or the queue's act. Throws ImpossibleStep, changing nothing. */
export function step(progress: Progress, act: Act): Progress {
  if (!may(act, progress)) throw new ImpossibleStep(act, progress.state)
  switch (act) {
    case 'seal':
      return { ...progress, state: 'queued', attempts: 0, not_before: 0, refusal: null }
    case 'attempt':
      return { ...progress, state: 'sending', attempts: progress.attempts + 1 }
    case 'interrupted':
      return { ...progress, state: 'queued', uncertain: true }
    case 'reopen':
      return { ...progress, state: 'draft', attempts: 0, not_before: 0 }
    case 'resend':
      return { ...progress, state: progress.receipt ? 'photos' : 'queued', attempts: 0, not_before: 0, refusal: null }
  }
}

/**
 * The record after the server's answer to an attempt. `now` is device time in ms. A record with photos is done only
 * when the last of them has a receipt of its own (`settlePhoto`).
 */
export function settle(progress: Progress, verdict: Verdict, now: number, random: () => number, photosLeft = 0): Progress {
  if (progress.state !== 'sending') throw new ImpossibleStep(verdict.kind, progress.state)
  switch (verdict.kind) {
    case 'accepted':
      return { ...progress, state: photosLeft > 0 ? 'photos' : 'accepted', attempts: 0, uncertain: false, refusal: null, receipt: verdict.receipt }
    case 'wait':
      return {
        ...progress,
        state: 'queued',
        // "Busy" was said before the record was taken; any other silence may hide that it arrived.
        uncertain: verdict.reason === 'busy' ? progress.uncertain : true,
        // Trouble for all holds the queue (holdUntil), not this record.
        not_before: verdict.all ? 0 : now + backoffMs(progress.attempts, random, verdict.retryAfterMs),
      }
    case 'pause':
      return { ...progress, state: 'queued', not_before: 0 }
    case 'conflict':
    case 'needs_changes':
    case 'quarantined':
      return { ...progress, state: verdict.kind, uncertain: false, refusal: verdict.refusal }
  }
}

/** The record after the server's answer to one of its photos; `photosLeft` counts those without a receipt, this one included. */
export function settlePhoto(progress: Progress, verdict: Verdict, now: number, random: () => number, photosLeft: number): Progress {
  if (progress.state !== 'photos') throw new ImpossibleStep(verdict.kind, progress.state)
  switch (verdict.kind) {
    case 'accepted':
      return { ...progress, state: photosLeft > 1 ? 'photos' : 'accepted', attempts: 0, not_before: 0 }
    case 'wait': {
      const attempts = progress.attempts + 1
      return { ...progress, attempts, not_before: verdict.all ? 0 : now + backoffMs(attempts, random, verdict.retryAfterMs) }
    }
    case 'pause':
      return progress
    default:
      return { ...progress, state: 'quarantined', refusal: verdict.refusal }
  }
}

/** Why the whole queue rests. Until a time, or (null) until a person signs in. */
export interface Hold {
  reason: WaitReason | PauseReason
  until: number | null
  /** The server itself named the time (Retry-After): a person's impatience does not shorten it. */
  firm: boolean
  /** Rests in a row without a record getting through: each is longer. */
  failures: number
}

/** The rest that a verdict imposes on the records behind; null when the next one may go at once. */
export function holdAfter(verdict: Verdict, before: Hold | null, now: number, random: () => number): Hold | null {
  if (verdict.kind === 'pause') return { reason: verdict.reason, until: null, firm: false, failures: 0 }
  if (verdict.kind !== 'wait' || !verdict.all) return null
  const failures = (before?.failures ?? 0) + 1
  const until = now + backoffMs(failures, random, verdict.retryAfterMs)
  return { reason: verdict.reason, until, firm: verdict.retryAfterMs > 0, failures }
}

/** What set the queue off. */
export type Trigger = 'start' | 'online' | 'visible' | 'timer' | 'button' | 'signed_in'

/** Whether the queue has to keep resting although `trigger` came. */
export function stillHeld(hold: Hold | null, trigger: Trigger, now: number): boolean {
  if (!hold) return false
  if (trigger === 'signed_in') return hold.firm && hold.until !== null && now < hold.until
  if (hold.until === null) return trigger === 'timer' || trigger === 'visible'
  if (now >= hold.until) return false
  return hold.firm || trigger === 'timer'
}

/** States in which a record still has to leave this phone. */
export function isUnsent(state: RecordState): boolean {
  return state !== 'accepted'
}

/** States in which only a person can help. */
export function needsPerson(state: RecordState): boolean {
  return state === 'needs_changes' || state === 'conflict' || state === 'quarantined'
}
