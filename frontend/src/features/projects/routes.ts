import type { RouteRecordRaw } from 'vue-router'

function meta(permission: string, section = 'funds') {
  return { section, permission }
}

export const projectRoutes: RouteRecordRaw[] = [
  { path: '/funds/projects', name: 'projects', component: () => import('./ProjectsPage.vue'), meta: meta('funds.projects:read') },
  { path: '/funds/projects/new', name: 'project-new', component: () => import('./ProposalPage.vue'), meta: meta('funds.projects:write') },
  { path: '/funds/projects/negative-list', name: 'negative-list', component: () => import('./NegativeListPage.vue'), meta: meta('funds.projects:read') },
  { path: '/funds/projects/:id', name: 'project', component: () => import('./ProjectPage.vue'), meta: meta('funds.projects:read') },
  { path: '/funds/projects/:id/edit', name: 'project-edit', component: () => import('./ProposalPage.vue'), meta: meta('funds.projects:write') },
  { path: '/funds/plans', name: 'plans', component: () => import('./PlansPage.vue'), meta: meta('funds.plans:read') },
  { path: '/funds/plans/new', name: 'plan-new', component: () => import('./PlanNewPage.vue'), meta: meta('funds.plans:write') },
  { path: '/funds/plans/:id', name: 'plan', component: () => import('./PlanPage.vue'), meta: meta('funds.plans:read') },
  { path: '/funds/factors', name: 'factors', component: () => import('./SchemesPage.vue'), meta: meta('funds.factors:read') },
  { path: '/funds/factors/new', name: 'factor-new', component: () => import('./WorkbenchPage.vue'), meta: meta('funds.factors:write') },
  { path: '/funds/factors/compare', name: 'factor-compare', component: () => import('./ComparePage.vue'), meta: meta('funds.factors:read') },
  { path: '/funds/factors/:id', name: 'factor', component: () => import('./SchemePage.vue'), meta: meta('funds.factors:read') },
  { path: '/funds/publication', name: 'coverage', component: () => import('./CoveragePage.vue'), meta: meta('funds.publication:read') },
  { path: '/funds/publication/rules', name: 'publication-rules', component: () => import('./PublicationRulesPage.vue'), meta: meta('funds.publication:read') },
  { path: '/assets/pending', name: 'pending-assets', component: () => import('./PendingAssetsPage.vue'), meta: meta('assets.assets:read', 'assets') },
]
