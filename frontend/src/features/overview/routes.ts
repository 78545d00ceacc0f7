import type { RouteRecordRaw } from 'vue-router'

export const overviewRoutes: RouteRecordRaw[] = [
  {
    path: '/overview/:code?',
    name: 'overview',
    component: () => import('./OverviewPage.vue'),
    meta: { section: 'overview', permission: 'monitoring.overview:read' },
  },
]
