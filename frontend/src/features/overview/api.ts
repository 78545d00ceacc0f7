import { api, call } from '@/api/client'
import type { Overview } from '@/api/types'

/** Everything the overview of a region shows, in one call. */
export function fetchOverview(region: string): Promise<Overview> {
  return call(api.GET('/api/pages/overview', { params: { query: { region } } }))
}
