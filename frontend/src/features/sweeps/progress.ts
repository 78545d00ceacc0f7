/** Arithmetic of a sweep's progress. */

export interface Counted {
  total: number
  done: number
  excused: number
}

/** Whole percent, rounded down, so that 100 % means all. */
export function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.floor((part * 100) / whole)
}

export function remaining(counted: Counted): number {
  return counted.total - counted.done - counted.excused
}

/** Those with most to do first. */
export function byRemaining<T extends Counted>(rows: readonly T[]): T[] {
  return [...rows].sort((a, b) => remaining(b) - remaining(a))
}
