import { computed, shallowRef } from 'vue'
import { shanghaiIso, sinceContact, WRONG_CLOCK_MS } from '../core/clock'
import type { DeviceClock } from '../core/types'
import { readMeta } from '../store/meta'

const offset = shallowRef(0)

export async function loadClock(): Promise<void> {
  offset.value = (await readMeta('clock'))?.offset_ms ?? 0
}

/** ms that the phone runs behind (+) or ahead (−) of the server; 0 while close enough. */
export const wrongBy = computed(() => (Math.abs(offset.value) > WRONG_CLOCK_MS ? offset.value : 0))

/** The best guess at the real time: the phone's, set right by the server's when it is plainly wrong. */
export function realNow(): number {
  return Date.now() + wrongBy.value
}

export function deviceClock(): DeviceClock {
  return { sent_at: shanghaiIso(Date.now()), offset_ms: offset.value, elapsed_ms: sinceContact() }
}
