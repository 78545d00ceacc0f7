/**
 * Two people changed one record. Fields that only one of them touched merge by themselves;
 * fields that both changed differently go to a human with both values.
 */
export interface Merge<V> {
  merged: V
  /** Fields that both changed, to different values: `merged` holds mine until somebody decides. */
  overlapping: (keyof V & string)[]
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null)
}

export function merge<V extends object>(base: V, mine: V, theirs: V): Merge<V> {
  const merged = { ...theirs }
  const overlapping: (keyof V & string)[] = []
  for (const field of Object.keys(mine) as (keyof V & string)[]) {
    if (same(base[field], mine[field])) continue
    merged[field] = mine[field]
    if (!same(base[field], theirs[field]) && !same(mine[field], theirs[field])) overlapping.push(field)
  }
  return { merged, overlapping }
}

/** Only the fields that differ from the record as it was read: what an update sends. */
export function changed<V extends object>(base: V, mine: V): Partial<V> {
  return Object.fromEntries(
    Object.entries(mine).filter(([field, value]) => !same(base[field as keyof V], value)),
  ) as Partial<V>
}
