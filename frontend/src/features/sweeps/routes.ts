import type { RouteRecordRaw } from 'vue-router'

const meta = { section: 'assistance', permission: 'monitoring.sweeps:read' }

export const sweepRoutes: RouteRecordRaw[] = [
  { path: '/sweeps', name: 'sweeps', component: () => import('./SweepsPage.vue'), meta },
  { path: '/sweeps/new', name: 'sweep-new', component: () => import('./SweepNewPage.vue'), meta: { ...meta, permission: 'monitoring.sweeps:manage' } },
  { path: '/sweeps/issues', name: 'sweep-issues', component: () => import('./IssuesPage.vue'), meta },
  { path: '/sweeps/:id', name: 'sweep', component: () => import('./SweepPage.vue'), meta },
  { path: '/sweeps/:id/households', name: 'sweep-households', component: () => import('./HouseholdsOfSweepPage.vue'), meta },
]
