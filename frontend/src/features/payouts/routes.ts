import type { RouteRecordRaw } from 'vue-router'

function meta(permission: string) {
  return { section: 'funds', permission }
}

export const payoutRoutes: RouteRecordRaw[] = [
  { path: '/funds/payouts', name: 'payouts', component: () => import('./PayoutsPage.vue'), meta: meta('funds.payouts:read') },
  { path: '/funds/payouts/new', name: 'payout-new', component: () => import('./PayoutNewPage.vue'), meta: meta('funds.payouts:write') },
  { path: '/funds/payouts/persons', name: 'payout-person', component: () => import('./PersonPage.vue'), meta: meta('funds.payouts:read') },
  { path: '/funds/payouts/standards', name: 'payout-standards', component: () => import('./StandardsPage.vue'), meta: meta('funds.payouts:read') },
  { path: '/funds/payouts/:id', name: 'payout', component: () => import('./PayoutPage.vue'), meta: meta('funds.payouts:read') },
]
