/** Following an export until its file is there. */
import { onBeforeUnmount, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import type { ExportJob } from '@/api/types'
import { asProblem, type Problem } from '@/shared/problem'

const FIRST_MS = 400
const LONGEST_MS = 3000

export interface Following {
  job: ShallowRef<ExportJob | null>
  problem: ShallowRef<Problem | null>
  busy: Ref<boolean>
  start: () => Promise<void>
}

/** The pause before the next look: soon at first, then ever more slowly. */
export function pause(looks: number): number {
  return Math.min(FIRST_MS * 1.5 ** looks, LONGEST_MS)
}

export function isOver(job: ExportJob): boolean {
  return job.state === 'done' || job.state === 'failed'
}

/** `order` starts the job; `look` asks how far it is. A look that fails is tried again: the job goes on without us. */
export function useExport(order: () => Promise<ExportJob>, look: (id: string) => Promise<ExportJob>): Following {
  const job = shallowRef<ExportJob | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const busy = ref(false)
  let gone = false
  onBeforeUnmount(() => {
    gone = true
  })

  async function follow(id: string): Promise<void> {
    for (let looks = 0; !gone; looks += 1) {
      await new Promise((resolve) => window.setTimeout(resolve, pause(looks)))
      if (gone) return
      const found = await look(id).catch(() => null)
      if (found) job.value = found
      if (found && isOver(found)) return
    }
  }

  async function start(): Promise<void> {
    busy.value = true
    problem.value = null
    job.value = null
    try {
      job.value = await order()
      await follow(job.value.id)
    } catch (error) {
      problem.value = asProblem(error)
    } finally {
      busy.value = false
    }
  }

  return { job, problem, busy, start }
}
