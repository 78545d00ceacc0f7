/** The allocation workbench: the sheet, what it means, whether the money suffices, one posting of all its lines. */
import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import type { BulkAllocation, FundDocument, Pool, ProjectRow, Simulation } from '@/api/types'
import { today } from '@/shared/dates'
import { phrases } from '@/shared/i18n'
import { uuid7 } from '@/shared/ids'
import { useLoad } from '@/shared/load'
import { fromYuan, toYuan } from '@/shared/money'
import { headroomOther, headroomTotal, poolState, refusal, withDraft } from '@/shared/pool'
import { asProblem, type Problem } from '@/shared/problem'
import { childrenOf } from '@/shared/regions'
import { may, me } from '@/shared/session'
import { sourceLevel } from '@/shared/terms'
import { allProjects, fetchScheme, listFundingRules } from '../../projects/api'
import { documentsOf, listPools } from '../api'
import { allocateLines, simulateLines } from './api'
import { digestOf, dropDraft, keepDraft, keptDraft } from './draft'
import { useHistory } from './history'
import { draftOf, hasFaults, judgeOf, verdictOf, type Line } from './judge'
import { Places, type Place } from './places'
import { blankRow, emptySheet, type Column, type Sheet } from './sheet'

const t = phrases({
  posted: ['已入账，第 {n} 笔', 'Posted as no. {n}'],
  refused: ['未入账：{reason}', 'Not posted: {reason}'],
})

/** Every township and village of a county, the villages with the name of their township. */
async function placesOf(county: string): Promise<Place[]> {
  const townships = await childrenOf(county)
  const below = await Promise.all(townships.map(async (township) => (await childrenOf(township.code)).map((village) => ({ code: village.code, name: village.name, township: township.name }))))
  return [...townships.map(({ code, name }) => ({ code, name, township: null })), ...below.flat()]
}

/** The projects of a year's plan, and since when its money goes only to them. */
async function libraryOf(year: number): Promise<{ projects: ProjectRow[]; from: string | null }> {
  const [projects, rules] = await Promise.all([
    may('funds.projects:read') ? allProjects({ plan_year: year }) : [],
    may('funds.publication:read') ? listFundingRules() : [],
  ])
  return { projects, from: rules.find((rule) => rule.year === year)?.library_from ?? null }
}

const FIELDS: Record<string, Column> = { region_code: 'place', project_id: 'project', title: 'title', purpose: 'purpose', amount: 'amount', note: 'note' }

function newestFirst(pools: readonly Pool[]): Pool[] {
  const order: readonly string[] = sourceLevel.codes
  return [...pools].sort((a, b) => b.year - a.year || order.indexOf(a.source_level) - order.indexOf(b.source_level))
}

export function useWorkbench(asked: { pool: string; scheme: string }) {
  const user = me.value?.id ?? ''
  const kept = asked.scheme ? null : keptDraft(user)
  const history = useHistory<Sheet>(kept?.sheet ?? emptySheet())
  const values = ref({ pool_id: asked.pool || kept?.pool || '', document_id: kept?.document ?? '', title: kept?.title ?? '' })
  const restored = ref(kept?.lines ?? 0)

  const { data: pools, problem, reload } = useLoad(async () => newestFirst(await listPools({})))
  const pool = computed(() => pools.value?.find((one) => one.id === values.value.pool_id) ?? null)
  const county = computed(() => pool.value?.county_code ?? '')
  const { data: places } = useLoad(async () => (county.value ? new Places(await placesOf(county.value)) : null), county)
  const { data: library } = useLoad(async () => (pool.value ? libraryOf(pool.value.year) : null), () => pool.value?.year)
  const { data: documents } = useLoad<FundDocument[]>(async () => (pool.value ? documentsOf(pool.value) : []), () => pool.value?.id)
  watch(pools, (found) => { if (found?.length && !pool.value) values.value.pool_id = found[0]?.id ?? '' })

  const libraryOnly = computed(() => Boolean(library.value?.from && library.value.from <= today()))
  const judge = computed(() => (places.value && pool.value && library.value ? judgeOf({ places: places.value, projects: library.value.projects, year: pool.value.year, libraryOnly: libraryOnly.value }) : null))
  const lines = computed<Line[]>(() => judge.value?.(history.value.value) ?? [])
  const byRow = computed(() => new Map(lines.value.map((line) => [line.at, line])))
  const state = computed(() => (pool.value ? poolState(pool.value) : null))
  const verdict = computed(() => (state.value ? verdictOf(lines.value, state.value) : null))
  const faulty = computed(() => lines.value.filter(hasFaults))

  const check = useLedgerCheck(pool, lines, reload)
  const posting = usePosting(user, values, history.value, lines, kept?.posting ?? null)
  const remarks = computed(() => new Map([...(verdict.value?.beyond ?? []), ...posting.refusals.value]))

  watch([values, history.value], () => {
    if (!posting.answer.value) keepDraft(user, { ...toDraft(), posting: posting.sent.value })
  }, { deep: true })
  function toDraft() {
    return { pool: values.value.pool_id, document: values.value.document_id, title: values.value.title, sheet: history.value.value }
  }
  // The ledger's answer was about the lines as they were.
  watch(history.value, () => { if (posting.refusals.value.size) posting.refusals.value = new Map() })
  watch(() => values.value.pool_id, () => { values.value.document_id = '' })

  /** The lines that a scheme of allocation by factors worked out, to be given to projects. */
  async function takeScheme(id: string): Promise<void> {
    const scheme = await fetchScheme(id)
    const rows = scheme.lines.filter((line) => fromYuan(line.amount) > 0n).map((line) => blankRow({ place: line.region_code, title: scheme.name, purpose: scheme.purpose, amount: line.amount }))
    values.value = { pool_id: scheme.pool_id, document_id: '', title: scheme.name }
    history.reset({ unit: 'yuan', rows: [...rows, blankRow()] })
  }
  function empty(): void {
    posting.forget()
    restored.value = 0
    values.value.title = ''
    history.reset(emptySheet(history.value.value.unit))
    dropDraft(user)
  }
  async function post(): Promise<Problem | null> {
    const refused = await posting.post()
    await reload()
    return refused
  }
  return { values, history, pools, problem, reload, pool, places, library, documents, libraryOnly, lines, byRow, state, verdict, faulty, remarks, check, posting, restored, takeScheme, empty, post }
}

const WAIT_MS = 600

/** Asks the ledger whether the lines fit, soon after each change, and compares its sums with ours to the fen. */
function useLedgerCheck(pool: Readonly<Ref<Pool | null>>, lines: Readonly<Ref<readonly Line[]>>, reload: () => Promise<void>) {
  const answer = shallowRef<Simulation | null>(null)
  const agrees = ref<boolean | null>(null)
  const asking = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let latest = 0

  async function ask(): Promise<boolean> {
    clearTimeout(timer)
    latest += 1
    const mine = latest
    const counted = lines.value.flatMap((line) => (line.purpose && line.amount ? [{ purpose: line.purpose, amount: toYuan(line.amount) }] : []))
    if (!pool.value || !counted.length) {
      answer.value = agrees.value = null
      return true
    }
    asking.value = true
    try {
      const said = await simulateLines(pool.value.id, counted)
      if (mine !== latest || !pool.value) return false
      const ours = withDraft(poolState(pool.value), draftOf(lines.value))
      const stop = refusal(ours)
      const same = fromYuan(said.after.headroom_other) === headroomOther(ours) && fromYuan(said.after.headroom_total) === headroomTotal(ours) && fromYuan(said.shortfall) === (stop?.shortfall ?? 0n) && said.refusal === (stop?.reason ?? null)
      answer.value = said
      agrees.value = same
      if (!same) await reload() // somebody else has just posted: take the pool as it is now, and ask again
      return same
    } catch (error) {
      asProblem(error)
      if (mine === latest) answer.value = agrees.value = null
      return true // the ledger decides when the lines are sent
    } finally {
      if (mine === latest) asking.value = false
    }
  }
  watch([() => lines.value, () => pool.value], () => {
    agrees.value = null
    clearTimeout(timer)
    timer = setTimeout(() => void ask(), WAIT_MS)
  })
  return { answer, agrees, asking, ask }
}

/** One act for all lines; after a lost answer the same lines go out under the same key. */
function usePosting(user: string, values: Ref<{ pool_id: string; document_id: string; title: string }>, sheet: Ref<Sheet>, lines: Readonly<Ref<readonly Line[]>>, before: { key: string; digest: string } | null) {
  const answer = shallowRef<BulkAllocation | null>(null)
  const results = shallowRef<ReadonlyMap<number, string> | null>(null)
  const refusals = shallowRef<ReadonlyMap<number, string>>(new Map())
  const sent = shallowRef<{ key: string; body: string } | null>(null)
  const busy = ref(false)

  function body() {
    return {
      pool_id: values.value.pool_id,
      title: values.value.title.trim(),
      lines: lines.value.map((line) => ({
        region_code: line.place?.code ?? '', purpose: line.purpose ?? 'other', title: line.title, amount: toYuan(line.amount ?? 0n), note: line.note,
        document_id: values.value.document_id || null, project_id: line.project?.id ?? null,
      })),
    }
  }
  function keyFor(content: string): string {
    if (sent.value?.body === content) return sent.value.key
    const key = !sent.value && before?.digest === digestOf(content) ? before.key : uuid7()
    sent.value = { key, body: content }
    return key
  }
  async function post(): Promise<Problem | null> {
    if (busy.value) return null
    busy.value = true
    const request = body()
    const order = lines.value.map((line) => line.at)
    const key = keyFor(JSON.stringify(request))
    keepDraft(user, { pool: values.value.pool_id, document: values.value.document_id, title: values.value.title, sheet: sheet.value, posting: sent.value })
    try {
      const done = await allocateLines(key, request)
      answer.value = done
      results.value = new Map(order.map((at, n) => [at, t('posted', { n: done.first_seq + n })]))
      dropDraft(user)
      return null
    } catch (error) {
      const problem = asProblem(error)
      refusals.value = namedRows(problem, order)
      return problem
    } finally {
      busy.value = false
    }
  }
  function forget(): void {
    answer.value = results.value = sent.value = null
    refusals.value = new Map()
  }
  return { answer, results, refusals, sent, busy, post, forget }
}

/** What the ledger says of single lines ("body.lines.3.amount"), by their place in the sheet. */
export function namedRows(problem: Problem, order: readonly number[]): Map<number, string> {
  const found = new Map<number, string>()
  for (const { path, message } of problem.errors) {
    const [, n, field] = /^body\.lines\.(\d+)(?:\.(\w+))?/.exec(path) ?? []
    const at = n === undefined ? undefined : order[Number(n)]
    if (at === undefined) continue
    const words = field && FIELDS[field] ? message : problem.sentence
    found.set(at, [found.get(at)?.replace(/^.*?：/, ''), words].filter(Boolean).join('；'))
  }
  return new Map([...found].map(([at, reason]) => [at, t('refused', { reason })]))
}
