import type { RouteRecordRaw } from 'vue-router'

const meta = { section: 'assistance', permission: 'monitoring.assistance:read' }

export const assistanceRoutes: RouteRecordRaw[] = [
  { path: '/assistance', name: 'assistance', component: () => import('./PlansPage.vue'), meta },
  { path: '/assistance/measures', name: 'measures', component: () => import('./MeasuresPage.vue'), meta },
]
