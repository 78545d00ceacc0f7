/** Which conditions of elimination only a person can judge (docs/domain.md); the service decides what is met. */
import type { CaseKind } from '@/api/types'

export const HUMAN_CRITERIA: Partial<Record<CaseKind, readonly string[]>> = {
  elimination: ['income_stable', 'expense_solved', 'measures_delivered'],
  natural_elimination: ['nobody_left'],
}
