// @vitest-environment node
import { describe, expect, it } from 'vitest'
import {
  type Act,
  holdAfter,
  ImpossibleStep,
  isUnsent,
  may,
  NEW_DRAFT,
  type Progress,
  type RecordState,
  settle,
  step,
  stillHeld,
} from './states'
import { judge, type Reply, type Verdict } from './verdict'

const half = () => 0.5
const NOW = 1_800_000_000_000
const refusal = { status: 422, code: 'validation_failed', message: '内容有误', errors: [] }
const receipt = { id: 'r', number: 'ZF-1', received_at: '2026-11-22T10:00:00+08:00', payload_hash: '', photos: [] }

function at(state: RecordState, more: Partial<Progress> = {}): Progress {
  return { ...NEW_DRAFT, state, ...more }
}

describe('settle: each answer leads to one next state', () => {
  const table: [verdict: Verdict, state: RecordState][] = [
    [{ kind: 'accepted', receipt }, 'accepted'],
    [{ kind: 'wait', reason: 'offline', all: true, retryAfterMs: 0 }, 'queued'],
    [{ kind: 'wait', reason: 'captive_portal', all: true, retryAfterMs: 0 }, 'queued'],
    [{ kind: 'wait', reason: 'busy', all: true, retryAfterMs: 9_000 }, 'queued'],
    [{ kind: 'wait', reason: 'record_trouble', all: false, retryAfterMs: 0 }, 'queued'],
    [{ kind: 'pause', reason: 'signed_out' }, 'queued'],
    [{ kind: 'pause', reason: 'stale_session' }, 'queued'],
    [{ kind: 'conflict', refusal }, 'conflict'],
    [{ kind: 'needs_changes', refusal }, 'needs_changes'],
    [{ kind: 'quarantined', refusal }, 'quarantined'],
  ]
  it.each(table)('%o → %s', (verdict, state) => {
    expect(settle(at('sending', { attempts: 1 }), verdict, NOW, half).state).toBe(state)
  })

  it('remembers that an unanswered record may have arrived', () => {
    const lost: Verdict = { kind: 'wait', reason: 'offline', all: true, retryAfterMs: 0 }
    const busy: Verdict = { kind: 'wait', reason: 'busy', all: true, retryAfterMs: 0 }
    expect(settle(at('sending'), lost, NOW, half).uncertain).toBe(true)
    expect(settle(at('sending'), busy, NOW, half).uncertain).toBe(false)
    expect(settle(at('sending', { uncertain: true }), busy, NOW, half).uncertain).toBe(true)
  })

  it('delays the one record that the server stumbles over', () => {
    const trouble: Verdict = { kind: 'wait', reason: 'record_trouble', all: false, retryAfterMs: 0 }
    expect(settle(at('sending', { attempts: 1 }), trouble, NOW, half).not_before).toBe(NOW + 3_750)
  })

  it('takes no answer for a record that is not being sent', () => {
    for (const state of ['draft', 'queued', 'accepted', 'conflict'] as const) {
      expect(() => settle(at(state), { kind: 'accepted', receipt }, NOW, half)).toThrow(ImpossibleStep)
    }
  })
})

describe('step: what a person or the queue may do', () => {
  const table: [act: Act, from: RecordState, to: RecordState | null][] = [
    ['seal', 'draft', 'queued'],
    ['seal', 'queued', null],
    ['attempt', 'queued', 'sending'],
    ['attempt', 'sending', null],
    ['attempt', 'accepted', null],
    ['attempt', 'conflict', null],
    ['interrupted', 'sending', 'queued'],
    ['reopen', 'needs_changes', 'draft'],
    ['reopen', 'quarantined', 'draft'],
    ['reopen', 'queued', 'draft'],
    ['reopen', 'sending', null],
    ['reopen', 'accepted', null],
    ['resend', 'needs_changes', 'queued'],
    ['resend', 'quarantined', 'queued'],
    ['resend', 'conflict', null],
    ['resend', 'accepted', null],
  ]
  it.each(table)('%s from %s → %s', (act, from, to) => {
    if (to) expect(step(at(from), act).state).toBe(to)
    else expect(() => step(at(from), act)).toThrow(ImpossibleStep)
  })

  it('does not reopen a record that the server may already hold', () => {
    expect(may('reopen', at('queued', { uncertain: true }))).toBe(false)
  })

  it('marks an interrupted record as uncertain', () => {
    expect(step(at('sending'), 'interrupted').uncertain).toBe(true)
  })
})

describe('any history', () => {
  /** A small linear congruential generator: failures repeat. */
  function dice(seed: number): () => number {
    let state = seed
    return () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648
  }
  const acts: Act[] = ['seal', 'attempt', 'interrupted', 'reopen', 'resend']
  const statuses = [0, 200, 204, 302, 400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504]

  function someReply(random: () => number): Reply {
    const status = statuses[Math.floor(random() * statuses.length)]!
    if (status === 0) return { kind: 'none' }
    if (status === 302) return { kind: 'redirect' }
    const json = random() < 0.4 ? undefined : random() < 0.5 ? { code: 'x' } : { receipt }
    return { kind: 'answer', status, json, retryAfterMs: random() < 0.2 ? 5_000 : 0 }
  }

  it('ends unsent or with a receipt that names the record, never in between', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = dice(seed)
      let progress = NEW_DRAFT
      let receipted = false
      for (let i = 0; i < 40; i++) {
        const verdict = judge(someReply(random), 'r', '')
        const act = acts[Math.floor(random() * acts.length)]!
        if (progress.state === 'sending' && random() < 0.7) {
          progress = settle(progress, verdict, NOW, random)
          receipted ||= verdict.kind === 'accepted'
        } else if (may(act, progress)) progress = step(progress, act)
        expect(isUnsent(progress.state)).toBe(!receipted)
        if (receipted) expect(acts.some((each) => may(each, progress))).toBe(false)
      }
    }
  })
})

describe('the queue rests', () => {
  const lost = judge({ kind: 'none' }, 'r', '')
  const busy = judge({ kind: 'answer', status: 503, json: undefined, retryAfterMs: 60_000 }, 'r', '')
  const out: Verdict = { kind: 'pause', reason: 'signed_out' }

  it('goes on at once after trouble with one record, a success or a refusal', () => {
    expect(holdAfter({ kind: 'accepted', receipt }, null, NOW, half)).toBeNull()
    expect(holdAfter({ kind: 'needs_changes', refusal }, null, NOW, half)).toBeNull()
    expect(holdAfter({ kind: 'wait', reason: 'record_trouble', all: false, retryAfterMs: 0 }, null, NOW, half)).toBeNull()
  })

  it('rests longer each time in a row', () => {
    const first = holdAfter(lost, null, NOW, half)
    const second = holdAfter(lost, first, NOW, half)
    expect([first!.failures, second!.failures]).toEqual([1, 2])
    expect(second!.until! - NOW).toBe(2 * (first!.until! - NOW))
  })

  it('is woken by signal and by a person, not early by the timer', () => {
    const hold = holdAfter(lost, null, NOW, half)
    expect(stillHeld(hold, 'timer', NOW + 1)).toBe(true)
    expect(stillHeld(hold, 'online', NOW + 1)).toBe(false)
    expect(stillHeld(hold, 'button', NOW + 1)).toBe(false)
    expect(stillHeld(hold, 'timer', hold!.until!)).toBe(false)
  })

  it('keeps to the time that the server named, whoever asks', () => {
    const hold = holdAfter(busy, null, NOW, half)
    expect(hold!.until).toBe(NOW + 60_500)
    for (const trigger of ['start', 'online', 'visible', 'timer', 'button', 'signed_in'] as const) {
      expect(stillHeld(hold, trigger, NOW + 59_000)).toBe(true)
    }
  })

  it('waits for a sign-in when nobody is signed in', () => {
    const hold = holdAfter(out, null, NOW, half)
    expect(stillHeld(hold, 'timer', NOW + 9e9)).toBe(true)
    expect(stillHeld(hold, 'signed_in', NOW)).toBe(false)
  })
})
