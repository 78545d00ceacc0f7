import type { RouteRecordRaw } from 'vue-router'

const meta = { section: 'villages', permission: 'monitoring.villages:read' }

export const villageRoutes: RouteRecordRaw[] = [
  { path: '/villages', name: 'villages', component: () => import('./VillagesPage.vue'), meta },
  { path: '/villages/:code', name: 'village', component: () => import('./VillagePage.vue'), meta },
]
