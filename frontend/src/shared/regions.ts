/** Regions as people pick them: fetched level by level, kept for the visit, the last ones remembered. */
import { api, call } from '@/api/client'
import type { Region, RegionLevel, RegionNode } from '@/api/types'

const LEVEL_BY_LENGTH: Record<number, RegionLevel> = { 0: 'nation', 2: 'province', 4: 'prefecture', 6: 'county', 9: 'township', 12: 'village' }

/** The level a statistical code stands for ("" is the nation); null for nonsense. */
export function levelOf(code: string): RegionLevel | null {
  return LEVEL_BY_LENGTH[code.length] ?? null
}

/** Whether `code` lies in `scope` (a scope contains itself; "" is the nation). */
export function within(scope: string, code: string): boolean {
  return code.startsWith(scope)
}

/** The county of a township or village, and of the county itself; null above. */
export function countyOf(code: string): string | null {
  return code.length >= 6 ? code.slice(0, 6) : null
}

const children = new Map<string, Promise<RegionNode[]>>()

/** The next level under `parent`; without it the root of what the signed-in person may see. */
export function childrenOf(parent?: string): Promise<RegionNode[]> {
  const key = parent ?? ''
  const known = children.get(key)
  if (known) return known
  const asked = call(api.GET('/api/regions', { params: { query: parent ? { parent } : {} } })).then((page) => page.items)
  children.set(key, asked)
  asked.catch(() => children.delete(key))
  return asked
}

const paths = new Map<string, Promise<Region[]>>()

/** The region itself, with what stands above it, highest first. */
export function pathOf(code: string): Promise<Region[]> {
  const known = paths.get(code)
  if (known) return known
  const asked = call(api.GET('/api/regions/{code}', { params: { path: { code } } })).then(
    (region): Region[] => [...region.ancestors, { code: region.code, name: region.name, level: region.level }],
  )
  paths.set(code, asked)
  asked.catch(() => paths.delete(code))
  return asked
}

/** By name or by pinyin initials, within the person's region. */
export async function searchRegions(q: string): Promise<RegionNode[]> {
  return (await call(api.GET('/api/regions/search', { params: { query: { q } } }))).items
}

/** Another person signs in on this page: what was fetched was seen with other eyes. */
export function forgetRegions(): void {
  children.clear()
  paths.clear()
}

const RECENT = 'linkage.regions'
const KEEP = 4

export interface RecentRegion {
  code: string
  name: string
}

export function recentRegions(scope: string): RecentRegion[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(RECENT) ?? '[]')
    if (!Array.isArray(stored)) return []
    return stored.filter(
      (entry): entry is RecentRegion =>
        typeof entry === 'object' && entry !== null && typeof entry.code === 'string' && typeof entry.name === 'string' && within(scope, entry.code),
    )
  } catch {
    return [] // storage forbidden or spoiled
  }
}

export function rememberRegion(region: RecentRegion): void {
  try {
    const others = recentRegions('').filter((entry) => entry.code !== region.code)
    localStorage.setItem(RECENT, JSON.stringify([{ code: region.code, name: region.name }, ...others].slice(0, KEEP)))
  } catch {
    // storage forbidden: nothing is remembered
  }
}
