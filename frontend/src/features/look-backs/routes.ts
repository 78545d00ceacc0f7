import type { RouteRecordRaw } from 'vue-router'

const meta = { section: 'assistance', permission: 'monitoring.look_backs:read' }

export const lookBackRoutes: RouteRecordRaw[] = [
  { path: '/look-backs', name: 'look-backs', component: () => import('./LookBacksPage.vue'), meta },
  { path: '/look-backs/:id', name: 'look-back', component: () => import('./LookBackPage.vue'), meta },
]
