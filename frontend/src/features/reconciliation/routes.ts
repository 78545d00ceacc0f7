import type { RouteRecordRaw } from 'vue-router'

const meta = { section: 'funds', permission: 'funds.reconciliation:read' }

export const reconciliationRoutes: RouteRecordRaw[] = [
  { path: '/funds/reconciliation', name: 'reconciliation', component: () => import('./MonthsPage.vue'), meta },
  { path: '/funds/reconciliation/:month(\\d{4}-\\d{2})', name: 'reconciliation-month', component: () => import('./MonthPage.vue'), meta },
]
