/** Where a case stands in its steps, read from its history. */
import type { Case, CaseStep, Stage } from '@/api/types'

const STAGES: readonly Stage[] = ['application', 'home_verification', 'village_review', 'notice', 'township_review', 'county_determination']

export type Progress = 'done' | 'now' | 'returned' | 'stopped' | 'ahead'

export interface StageView {
  stage: Stage
  progress: Progress
  /** The last step that left this stage, whoever took it. */
  last: CaseStep | null
  /** Working days allowed, by the rules that the case was opened under. */
  limit: number | null
}

/** The stages of a case in order; a natural elimination has only its application and the county's determination. */
export function stagesOf(found: Pick<Case, 'kind' | 'state' | 'steps' | 'policy'>): StageView[] {
  const wanted = found.kind === 'natural_elimination' ? STAGES.filter((stage) => stage === 'application' || stage === 'county_determination') : STAGES
  const at = STAGES.indexOf(found.state as Stage)
  return wanted.map((stage) => {
    const index = STAGES.indexOf(stage)
    const left = found.steps.filter((step) => (step.from_state ?? 'application') === stage && step.action !== 'rollback' && step.action !== 'remark')
    const last = left.at(-1) ?? null
    return { stage, last, limit: found.policy.time_limits[stage] ?? null, progress: progress(index, at, last) }
  })
}

function progress(index: number, at: number, last: CaseStep | null): Progress {
  if (index === at) return 'now'
  if (last && (last.action === 'refuse' || last.action === 'withdraw')) return 'stopped'
  if (at >= 0) return index < at ? 'done' : last ? 'returned' : 'ahead'
  return last && (last.action === 'complete' || last.action === 'open') ? 'done' : last ? 'returned' : 'ahead'
}
