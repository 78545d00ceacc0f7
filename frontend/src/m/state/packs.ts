import { computed, ref, shallowRef, watch } from 'vue'
import { adoptNames } from '@/shared/catalogue'
import { type Pack, type PackHousehold, toPack, type WirePack } from '../core/types'
import { fetchJson } from '../net/http'
import { dropPack, openPack, packsOf, savePack } from '../store/packs'
import { session, vault } from './session'

export interface CarriedPack extends Pack {
  downloaded_at: number
}

export interface VillageRow {
  code: string
  name: string
  township_name?: string | null
  population?: number
}

interface VillagePage {
  items: VillageRow[]
  next: string | null
}

const LAST_VILLAGE = 'linkage.m.village'

/** The villages that this phone carries, by name. */
export const packs = shallowRef<CarriedPack[]>([])
const chosen = ref(localStorage.getItem(LAST_VILLAGE) ?? '')

export const village = computed(() => packs.value.find((pack) => pack.village.code === chosen.value) ?? packs.value[0] ?? null)

// The words of the county travel with its villages, so that they are there without a network.
watch(village, (here) => adoptNames(here?.words ?? null), { immediate: true, flush: 'sync' })

export function chooseVillage(code: string): void {
  chosen.value = code
  localStorage.setItem(LAST_VILLAGE, code)
}

export async function loadPacks(): Promise<void> {
  const [known, box] = [session.value, vault.value]
  if (!known || !box) {
    packs.value = []
    return
  }
  const stored = await packsOf(known.user.id)
  const open = stored.map(async (each) => ({ ...(await openPack(box, each)), downloaded_at: each.downloaded_at }))
  packs.value = (await Promise.all(open)).sort((a, b) => a.village.name.localeCompare(b.village.name, 'zh-CN'))
}

export function findHousehold(id: string): { household: PackHousehold; pack: CarriedPack } | null {
  for (const pack of packs.value) {
    const household = pack.households.find((each) => each.id === id)
    if (household) return { household, pack }
  }
  return null
}

/** Fetches a village and keeps it; throws a Problem, and what was carried before stays. */
export async function downloadVillage(code: string): Promise<void> {
  const [known, box] = [session.value, vault.value]
  if (!known || !box) return
  const path = `/api/monitoring/packs/${encodeURIComponent(code)}`
  const wire = await fetchJson<WirePack>({ method: 'GET', path, timeoutMs: 120_000 })
  await savePack(box, known.user.id, toPack(wire), Date.now())
  await loadPacks()
}

export async function removeVillage(code: string): Promise<void> {
  if (!session.value) return
  await dropPack(session.value.user.id, code)
  await loadPacks()
}

/** The villages of the person's region; a village cadre has the one. Throws a Problem. */
export async function listVillages(cursor: string | null): Promise<VillagePage> {
  const region = session.value?.user.region.code ?? ''
  const query = new URLSearchParams({ limit: '50', ...(region ? { region } : {}), ...(cursor ? { cursor } : {}) })
  return fetchJson<VillagePage>({ method: 'GET', path: `/api/monitoring/villages?${query}` })
}
