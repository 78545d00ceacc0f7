import type { RouteRecordRaw } from 'vue-router'

function meta(permission: string) {
  return { section: 'cases', permission }
}

export const caseworkRoutes: RouteRecordRaw[] = [
  { path: '/cases', name: 'cases', component: () => import('./CasesPage.vue'), meta: meta('monitoring.cases:read') },
  { path: '/cases/new', name: 'case-new', component: () => import('./CaseNewPage.vue'), meta: meta('monitoring.cases:write') },
  { path: '/cases/:id', name: 'case', component: () => import('./CasePage.vue'), meta: meta('monitoring.cases:read') },
  { path: '/submissions', name: 'submissions', component: () => import('../submissions/SubmissionsPage.vue'), meta: meta('monitoring.cases:read') },
  { path: '/visits', name: 'visits', component: () => import('../submissions/VisitsPage.vue'), meta: meta('monitoring.visits:read') },
  { path: '/helpers', name: 'helpers', component: () => import('../helpers/HelpersPage.vue'), meta: meta('monitoring.helpers:read') },
  { path: '/policy', name: 'policy', component: () => import('../policy/PolicyPage.vue'), meta: meta('monitoring.policy:read') },
]
