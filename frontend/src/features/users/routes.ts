import type { RouteRecordRaw } from 'vue-router'

export const userRoutes: RouteRecordRaw[] = [
  { path: '/users', name: 'users', component: () => import('./UsersPage.vue'), meta: { section: 'users', permission: 'gateway.users:read' } },
]
