import type { RouteRecordRaw } from 'vue-router'

const meta = { section: 'cases', permission: 'monitoring.cases:read' }

export const applicationRoutes: RouteRecordRaw[] = [
  { path: '/applications', name: 'applications', component: () => import('./ApplicationsPage.vue'), meta },
  { path: '/applications/:id', name: 'application', component: () => import('./ApplicationPage.vue'), meta },
  // Whose objections somebody reads follows from their duty; the page offers what they may.
  { path: '/objections', name: 'objections', component: () => import('./ObjectionsPage.vue'), meta: { section: 'objections' } },
]
