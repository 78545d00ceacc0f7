import type { RouteRecordRaw } from 'vue-router'

function meta(permission: string) {
  return { section: 'funds', permission }
}

export const fundRoutes: RouteRecordRaw[] = [
  { path: '/funds', name: 'funds', component: () => import('./PoolsPage.vue'), meta: meta('funds.pools:read') },
  { path: '/funds/documents', name: 'fund-documents', component: () => import('./DocumentsPage.vue'), meta: meta('funds.documents:read') },
  { path: '/funds/documents/new', name: 'fund-document-new', component: () => import('./DocumentNewPage.vue'), meta: meta('funds.documents:write') },
  { path: '/funds/documents/:id', name: 'fund-document', component: () => import('./DocumentPage.vue'), meta: meta('funds.documents:read') },
  { path: '/funds/allocations', name: 'allocations', component: () => import('./AllocationsPage.vue'), meta: meta('funds.allocations:read') },
  { path: '/funds/allocations/new', name: 'allocation-new', component: () => import('./AllocationNewPage.vue'), meta: meta('funds.allocations:write') },
  { path: '/funds/allocations/sheet', name: 'allocation-sheet', component: () => import('./AllocationSheetPage.vue'), meta: meta('funds.allocations:write') },
  { path: '/funds/floors', name: 'floors', component: () => import('./FloorsPage.vue'), meta: meta('funds.pools:read') },
]
