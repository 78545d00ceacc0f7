import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { archiveRoutes } from '@/features/archives/routes'
import { applicationRoutes } from '@/features/applications/routes'
import { assetRoutes } from '@/features/assets/routes'
import { assistanceRoutes } from '@/features/assistance/routes'
import { auditRoutes } from '@/features/audit/routes'
import { caseworkRoutes } from '@/features/casework/routes'
import { clueRoutes } from '@/features/clues/routes'
import { fundRoutes } from '@/features/funds/routes'
import { householdRoutes } from '@/features/households/routes'
import { leadRoutes } from '@/features/leads/routes'
import { lookBackRoutes } from '@/features/look-backs/routes'
import { landRevenueRoutes } from '@/features/land-revenue/routes'
import { loginRoutes } from '@/features/login/routes'
import { microloanRoutes } from '@/features/microloans/routes'
import { overviewRoutes } from '@/features/overview/routes'
import { paymentRoutes } from '@/features/payments/routes'
import { payoutRoutes } from '@/features/payouts/routes'
import { trailRoutes } from '@/features/trail/routes'
import { projectRoutes } from '@/features/projects/routes'
import { reconciliationRoutes } from '@/features/reconciliation/routes'
import { sweepRoutes } from '@/features/sweeps/routes'
import { registerRoutes } from '@/features/register/routes'
import { userRoutes } from '@/features/users/routes'
import { villageRoutes } from '@/features/villages/routes'
import { may, resume, session } from '@/shared/session'
import { firstPage } from './destinations'
import { loadNames } from './names'

declare module 'vue-router' {
  interface RouteMeta {
    /** Reachable without signing in. */
    open?: boolean
    /** What the person must be allowed to do; without it they are sent to their first page. */
    permission?: string
    /** The destination lit in the navigation. */
    section?: string
  }
}

const routes: RouteRecordRaw[] = [
  // Where a person starts depends on what they may do, so the guard decides once it knows who is there.
  { path: '/', name: 'home', component: () => import('./Missing.vue') },
  ...loginRoutes,
  ...caseworkRoutes,
  ...applicationRoutes,
  ...overviewRoutes,
  ...villageRoutes,
  ...householdRoutes,
  ...archiveRoutes,
  ...paymentRoutes,
  ...payoutRoutes,
  ...microloanRoutes,
  ...leadRoutes,
  ...trailRoutes,
  ...projectRoutes,
  ...assistanceRoutes,
  ...lookBackRoutes,
  ...sweepRoutes,
  ...registerRoutes,
  ...assetRoutes,
  ...fundRoutes,
  ...reconciliationRoutes,
  ...clueRoutes,
  ...landRevenueRoutes,
  ...auditRoutes,
  ...userRoutes,
  { path: '/:rest(.*)*', name: 'missing', component: () => import('./Missing.vue') },
]

export const router = createRouter({
  history: createWebHistory('/admin'),
  routes,
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
})

let asked = false

router.beforeEach(async (to) => {
  if (to.meta.open) return true
  if (!session.value && !asked) {
    asked = true
    // With no network the question stays open and the page itself will say what is wrong.
    await resume().catch(() => false)
  }
  if (!session.value) return { name: 'login', query: { to: to.fullPath } }
  if (to.name === 'home') return firstPage() ?? { name: 'missing', params: { rest: ['403'] } }
  if (to.meta.permission && !may(to.meta.permission)) return { name: 'missing', params: { rest: ['403'] } }
  await loadNames()
  return true
})
