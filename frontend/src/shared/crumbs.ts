/** Breadcrumbs by region: what lies above, linked as far as the person's own region reaches. */
import type { Region } from '@/api/types'
import { within } from './regions'
import { me } from './session'
import type { Crumb } from './ui/PageFrame.vue'

export function regionTo(region: { code: string; level: string }): string {
  return region.level === 'village' ? `/villages/${region.code}` : `/overview/${region.code}`
}

export function regionCrumbs(steps: readonly Region[]): Crumb[] {
  const scope = me.value?.region.code ?? ''
  return steps.map((step) => (within(scope, step.code) ? { label: step.name, to: regionTo(step) } : { label: step.name }))
}
