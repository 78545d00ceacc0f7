import type { RouteRecordRaw } from 'vue-router'

const meta = { section: 'villages', permission: 'monitoring.villages:read' }

export const villageRoutes: RouteRecordRaw[] = [
  { path: '/villages', name: 'villages', component: () => import('./VillagesPage.vue'), meta },
  { path: '/villages/:code', name: 'village', component: () => import('./VillagePage.vue'), meta },
  { path: '/villages/:code/edit', name: 'village-edit', component: () => import('./VillageEditPage.vue'), meta: { ...meta, permission: 'monitoring.villages:write' } },
]
