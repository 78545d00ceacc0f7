/** Undo and redo of a value that is never changed in place. */
import { computed, shallowRef, type ComputedRef, type ShallowRef } from 'vue'

const KEPT = 200

export interface History<V> {
  value: ShallowRef<V>
  /** A new state; the same one is no act. */
  commit: (next: V) => void
  undo: () => void
  redo: () => void
  /** Starts anew: nothing before it can be undone. */
  reset: (next: V) => void
  mayUndo: ComputedRef<boolean>
  mayRedo: ComputedRef<boolean>
}

export function useHistory<V>(initial: V): History<V> {
  const value = shallowRef(initial) as ShallowRef<V>
  const past = shallowRef<readonly V[]>([])
  const future = shallowRef<readonly V[]>([])

  function commit(next: V): void {
    if (next === value.value) return
    past.value = [...past.value.slice(1 - KEPT), value.value]
    future.value = []
    value.value = next
  }
  function undo(): void {
    const before = past.value.at(-1)
    if (before === undefined) return
    past.value = past.value.slice(0, -1)
    future.value = [value.value, ...future.value]
    value.value = before
  }
  function redo(): void {
    const [next, ...rest] = future.value
    if (next === undefined) return
    future.value = rest
    past.value = [...past.value, value.value]
    value.value = next
  }
  function reset(next: V): void {
    past.value = []
    future.value = []
    value.value = next
  }
  return { value, commit, undo, redo, reset, mayUndo: computed(() => past.value.length > 0), mayRedo: computed(() => future.value.length > 0) }
}
