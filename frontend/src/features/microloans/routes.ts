import type { RouteRecordRaw } from 'vue-router'

export const microloanRoutes: RouteRecordRaw[] = [
  { path: '/funds/microloans', name: 'microloans', component: () => import('./MicroloansPage.vue'), meta: { section: 'funds', permission: 'funds.microloans:read' } },
]
