import type { RouteRecordRaw } from 'vue-router'

export const trailRoutes: RouteRecordRaw[] = [
  { path: '/funds/trail', name: 'trail', component: () => import('./TrailPage.vue'), meta: { section: 'funds', permission: 'funds.transfers:read' } },
]
