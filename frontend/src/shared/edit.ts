/** Saving over a version: the request carries what changed, and a lost update comes back with both values. */
import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { changed, merge } from './conflict'
import { Problem } from './problem'
import type { ConflictLine } from './ui/ConflictDialog.vue'

export interface EditOptions<V extends object, R extends { version: number }> {
  record: R
  /** The editable part of a record, as the form holds it. */
  toValues: (record: R) => V
  save: (changes: Partial<V>, version: number) => Promise<R>
  /** The record as it is now, after a lost update. */
  latest: () => Promise<R>
  label: (field: keyof V & string) => string
  show: (field: keyof V & string, value: unknown) => string
}

export interface Edit<V extends object, R> {
  /** Set while a human has to choose. */
  conflict: ShallowRef<ConflictLine[] | null>
  saved: Ref<boolean>
  /** Sends what differs from the record; true when it is saved, false when a conflict is now open. */
  send: (mine: V) => Promise<boolean>
  /** Goes on after the human chose: the fields to keep as typed. Returns what is then to be sent. */
  decide: (mine: V, keepMine: readonly string[]) => V
  base: () => R
}

export function useEdit<V extends object, R extends { version: number }>(options: EditOptions<V, R>): Edit<V, R> {
  let record = options.record
  let next: R | null = null
  const conflict = shallowRef<ConflictLine[] | null>(null)
  const saved = ref(false)

  async function send(mine: V): Promise<boolean> {
    const changes = changed(options.toValues(record), mine)
    if (Object.keys(changes).length === 0) {
      saved.value = true
      return true
    }
    try {
      record = await options.save(changes, record.version)
      saved.value = true
      return true
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'version_mismatch') throw error
      next = await options.latest()
      const theirs = options.toValues(next)
      conflict.value = merge(options.toValues(record), mine, theirs).overlapping.map((field) => ({
        field,
        label: options.label(field),
        mine: options.show(field, mine[field]),
        theirs: options.show(field, theirs[field]),
      }))
      return false
    }
  }

  function decide(mine: V, keepMine: readonly string[]): V {
    if (!next) return mine
    const theirs = options.toValues(next)
    const { merged, overlapping } = merge(options.toValues(record), mine, theirs)
    for (const field of overlapping) if (!keepMine.includes(field)) merged[field] = theirs[field]
    record = next
    next = null
    conflict.value = null
    return merged
  }

  return { conflict, saved, send, decide, base: () => record }
}
