import type { RouteRecordRaw } from 'vue-router'

export const leadRoutes: RouteRecordRaw[] = [
  { path: '/leads', name: 'leads', component: () => import('./LeadsPage.vue'), meta: { section: 'cases', permission: 'monitoring.cases:read' } },
]
