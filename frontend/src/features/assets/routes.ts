import type { RouteRecordRaw } from 'vue-router'

const meta = { section: 'assets', permission: 'assets.assets:read' }
const writing = { section: 'assets', permission: 'assets.assets:write' }

export const assetRoutes: RouteRecordRaw[] = [
  { path: '/assets', name: 'assets', component: () => import('./AssetsPage.vue'), meta },
  { path: '/assets/new', name: 'asset-new', component: () => import('./AssetNewPage.vue'), meta: writing },
  { path: '/assets/:id', name: 'asset', component: () => import('./AssetPage.vue'), meta },
  { path: '/assets/:id/edit', name: 'asset-edit', component: () => import('./AssetEditPage.vue'), meta: writing },
]
