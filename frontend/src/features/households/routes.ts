import type { RouteRecordRaw } from 'vue-router'

const meta = { section: 'households', permission: 'monitoring.households:read' }
const writing = { section: 'households', permission: 'monitoring.households:write' }

export const householdRoutes: RouteRecordRaw[] = [
  { path: '/households', name: 'households', component: () => import('./HouseholdsPage.vue'), meta },
  { path: '/households/new', name: 'household-new', component: () => import('./HouseholdNewPage.vue'), meta: writing },
  { path: '/households/:id', name: 'household', component: () => import('./HouseholdPage.vue'), meta },
  { path: '/households/:id/edit', name: 'household-edit', component: () => import('./HouseholdEditPage.vue'), meta: writing },
]
