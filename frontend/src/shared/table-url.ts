/** The state of a list lives in its address: filters are chips, a page is a cursor, a link can be sent on. */
import { computed, type ComputedRef } from 'vue'
import { useRoute, useRouter, type LocationQuery } from 'vue-router'

export type Filters<Name extends string> = Record<Name, string>

/** The filters named in an address; anything repeated, empty or not asked for is ignored. */
export function readFilters<Name extends string>(query: LocationQuery, names: readonly Name[]): Filters<Name> {
  const found = {} as Filters<Name>
  for (const name of names) {
    const value = query[name]
    found[name] = typeof value === 'string' ? value.trim() : ''
  }
  return found
}

/** The address after a change: empty filters leave it, and a changed filter returns to the first page. */
export function writeFilters<Name extends string>(
  query: LocationQuery,
  changes: Partial<Filters<Name>>,
): LocationQuery {
  const next: LocationQuery = { ...query }
  delete next.cursor
  for (const [name, value] of Object.entries(changes) as [Name, string | undefined][]) {
    if (value) next[name] = value
    else delete next[name]
  }
  return next
}

/** Filters as request parameters: only those that are set. */
export function toParams<Name extends string>(filters: Filters<Name>): Partial<Record<Name, string>> {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== '')) as Partial<
    Record<Name, string>
  >
}

export interface TableUrl<Name extends string> {
  filters: ComputedRef<Filters<Name>>
  cursor: ComputedRef<string | undefined>
  /** True when any filter is set. */
  filtered: ComputedRef<boolean>
  set: (changes: Partial<Filters<Name>>) => void
  clear: () => void
  toNext: (cursor: string) => void
  toFirst: () => void
}

export function useTableUrl<const Name extends string>(names: readonly Name[]): TableUrl<Name> {
  const route = useRoute()
  const router = useRouter()
  const filters = computed(() => readFilters(route.query, names))
  const cursor = computed(() => (typeof route.query.cursor === 'string' ? route.query.cursor : undefined))
  return {
    filters,
    cursor,
    filtered: computed(() => names.some((name) => filters.value[name] !== '')),
    set: (changes) => void router.replace({ query: writeFilters(route.query, changes) }),
    clear: () =>
      void router.replace({
        query: writeFilters(route.query, Object.fromEntries(names.map((name) => [name, ''])) as Partial<Filters<Name>>),
      }),
    toNext: (next) => void router.push({ query: { ...route.query, cursor: next } }),
    toFirst: () => void router.push({ query: writeFilters(route.query, {}) }),
  }
}
