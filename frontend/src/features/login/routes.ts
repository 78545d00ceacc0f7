import type { RouteRecordRaw } from 'vue-router'

export const loginRoutes: RouteRecordRaw[] = [
  { path: '/login', name: 'login', component: () => import('./LoginPage.vue'), meta: { open: true } },
  { path: '/first', name: 'first-administrator', component: () => import('./FirstAdministratorPage.vue'), meta: { open: true } },
]
