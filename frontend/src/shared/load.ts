/** Fetching for a page: what came, what went wrong, and never an older answer over a newer one. */
import { ref, shallowRef, watch, type Ref, type ShallowRef, type WatchSource } from 'vue'
import { asProblem, type Problem } from './problem'
import { session } from './session'

export interface Load<T> {
  data: ShallowRef<T | null>
  problem: ShallowRef<Problem | null>
  loading: Ref<boolean>
  reload: () => Promise<void>
}

/** Runs `fetch` now and whenever `source` changes. The last data stays visible while the next comes. */
export function useLoad<T>(fetch: () => Promise<T>, source?: WatchSource<unknown>): Load<T> {
  const data = shallowRef<T | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const loading = ref(false)
  let latest = 0

  async function reload(): Promise<void> {
    latest += 1
    const mine = latest
    loading.value = true
    try {
      const answer = await fetch()
      if (mine !== latest) return
      data.value = answer
      problem.value = null
    } catch (error) {
      if (mine !== latest) return
      problem.value = asProblem(error)
    } finally {
      if (mine === latest) loading.value = false
    }
  }

  // Signed in again over the page: what was refused for that reason is fetched now.
  watch(session, () => { if (session.value && problem.value?.status === 401) void reload() })
  if (source) watch(source, () => void reload())
  void reload()
  return { data, problem, loading, reload }
}
