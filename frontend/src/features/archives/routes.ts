import type { RouteRecordRaw } from 'vue-router'

const meta = { section: 'archives', permission: 'monitoring.households:read' }

export const archiveRoutes: RouteRecordRaw[] = [
  { path: '/archives', name: 'archives', component: () => import('./ArchivesPage.vue'), meta },
  { path: '/archives/exports', name: 'archive-exports', component: () => import('./ExportsPage.vue'), meta },
  { path: '/archives/households/:id', name: 'household-card', component: () => import('./CardPage.vue'), meta },
]
