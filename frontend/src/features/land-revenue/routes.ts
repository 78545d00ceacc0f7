import type { RouteRecordRaw } from 'vue-router'

export const landRevenueRoutes: RouteRecordRaw[] = [
  { path: '/funds/land-revenue', name: 'land-revenue', component: () => import('./LandRevenuePage.vue'), meta: { section: 'funds', permission: 'funds.land-revenue:read' } },
]
