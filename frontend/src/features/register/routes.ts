import type { RouteRecordRaw } from 'vue-router'

const writing = { section: 'households', permission: 'monitoring.households:write' }
const pairs = { section: 'households', permission: 'monitoring.duplicates:read' }

export const registerRoutes: RouteRecordRaw[] = [
  { path: '/households/:id/acts/:kind?', name: 'household-act', component: () => import('./ActPage.vue'), meta: writing },
  { path: '/relocations', name: 'relocations', component: () => import('./RelocationsPage.vue'), meta: { section: 'households', permission: 'monitoring.households:read' } },
  { path: '/relocations/:id', name: 'relocation', component: () => import('./RelocationPage.vue'), meta: { section: 'households', permission: 'monitoring.households:read' } },
  { path: '/duplicates', name: 'duplicates', component: () => import('./DuplicatesPage.vue'), meta: pairs },
  { path: '/duplicates/:id', name: 'duplicate', component: () => import('./DuplicatePage.vue'), meta: pairs },
]
