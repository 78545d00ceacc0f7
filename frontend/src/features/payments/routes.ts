import type { RouteRecordRaw } from 'vue-router'

function meta(permission: string) {
  return { section: 'funds', permission }
}

export const paymentRoutes: RouteRecordRaw[] = [
  { path: '/funds/payments', name: 'payments', component: () => import('./PaymentsPage.vue'), meta: meta('funds.payments:read') },
  { path: '/funds/payments/new', name: 'payment-new', component: () => import('./PaymentNewPage.vue'), meta: meta('funds.payments:write') },
  { path: '/funds/payments/progress', name: 'payment-progress', component: () => import('./ProgressPage.vue'), meta: meta('funds.payments:read') },
  { path: '/funds/payments/:id', name: 'payment', component: () => import('./PaymentPage.vue'), meta: meta('funds.payments:read') },
]
