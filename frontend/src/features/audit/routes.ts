import type { RouteRecordRaw } from 'vue-router'

const meta = { section: 'audit', permission: 'gateway.audit:read' }

export const auditRoutes: RouteRecordRaw[] = [
  { path: '/audit', redirect: '/audit/gateway' },
  { path: '/audit/:ledger(gateway|monitoring|assets|funds)', name: 'audit', component: () => import('./AuditPage.vue'), meta },
]
