import type { RouteRecordRaw } from 'vue-router'

function meta(permission: string) {
  return { section: 'funds', permission }
}

export const clueRoutes: RouteRecordRaw[] = [
  { path: '/funds/clues', name: 'clues', component: () => import('./CluesPage.vue'), meta: meta('funds.clues:read') },
  { path: '/funds/clues/new', name: 'clue-new', component: () => import('./ClueNewPage.vue'), meta: meta('funds.clues:raise') },
  { path: '/funds/clues/:id', name: 'clue', component: () => import('./CluePage.vue'), meta: meta('funds.clues:read') },
]
