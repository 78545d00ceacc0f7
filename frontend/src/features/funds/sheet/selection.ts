/** Which cells are chosen and whether one of them is being written in. */
import { computed, ref, type ComputedRef, type Ref } from 'vue'
import { COLUMNS, rangeOf, type Cell, type Range } from './sheet'

export interface Selection {
  active: Ref<Cell>
  range: ComputedRef<Range>
  /** Several cells are chosen. */
  many: ComputedRef<boolean>
  /** Goes there; with `extend` the first corner stays. */
  go: (to: Cell, extend?: boolean) => void
  select: (range: Range) => void
  /** Tab: to the right, at the end of a row to the next one; false when there is nowhere to go. */
  tab: (back: boolean) => boolean
}

export function useSelection(rows: () => number): Selection {
  const active = ref<Cell>({ row: 0, column: 0 })
  const anchor = ref<Cell>({ row: 0, column: 0 })
  const range = computed(() => rangeOf(anchor.value, active.value))
  const many = computed(() => range.value.from.row !== range.value.to.row || range.value.from.column !== range.value.to.column)

  function bound({ row, column }: Cell): Cell {
    return { row: Math.min(Math.max(row, 0), rows() - 1), column: Math.min(Math.max(column, 0), COLUMNS.length - 1) }
  }
  function go(to: Cell, extend = false): void {
    active.value = bound(to)
    if (!extend) anchor.value = active.value
  }
  function select(wanted: Range): void {
    anchor.value = bound(wanted.to)
    active.value = bound(wanted.from)
  }
  function tab(back: boolean): boolean {
    const place = active.value.row * COLUMNS.length + active.value.column + (back ? -1 : 1)
    if (place < 0 || place >= rows() * COLUMNS.length) return false
    go({ row: Math.floor(place / COLUMNS.length), column: place % COLUMNS.length })
    return true
  }
  return { active, range, many, go, select, tab }
}
