/** Where a person can go: only what their duty allows. */
import { phrases } from '@/shared/i18n'
import { may } from '@/shared/session'

const t = phrases({
  cases: ['待办', 'To do'],
  overview: ['总览', 'Overview'],
  households: ['农户', 'Households'],
  villages: ['村', 'Villages'],
  archives: ['档案', 'Archives'],
  assistance: ['帮扶', 'Assistance'],
  assets: ['资产', 'Assets'],
  funds: ['资金', 'Funds'],
  objections: ['异议', 'Objections'],
  audit: ['审计', 'Audit'],
  users: ['用户', 'Users'],
})

export interface Destination {
  section: string
  label: string
  to: string
}

/** Where a person begins: at their to-do list when work comes to them, else at the first page they may see. */
export function firstPage(): string | undefined {
  const all = destinations()
  return (may('monitoring.cases:write') ? all : all.filter((destination) => destination.section !== 'cases')).at(0)?.to ?? all.at(0)?.to
}

export function destinations(): Destination[] {
  const all: (Destination & { permission: string })[] = [
    { section: 'cases', label: t('cases'), to: '/cases', permission: 'monitoring.cases:read' },
    { section: 'overview', label: t('overview'), to: '/overview', permission: 'monitoring.overview:read' },
    { section: 'villages', label: t('villages'), to: '/villages', permission: 'monitoring.villages:read' },
    { section: 'households', label: t('households'), to: '/households', permission: 'monitoring.households:read' },
    { section: 'archives', label: t('archives'), to: '/archives', permission: 'monitoring.households:read' },
    { section: 'assistance', label: t('assistance'), to: '/assistance', permission: 'monitoring.assistance:read' },
    { section: 'assets', label: t('assets'), to: '/assets', permission: 'assets.assets:read' },
    { section: 'funds', label: t('funds'), to: may('funds.pools:read') ? '/funds' : '/funds/projects', permission: may('funds.pools:read') ? 'funds.pools:read' : 'funds.projects:read' },
    { section: 'objections', label: t('objections'), to: '/objections', permission: may('funds.objections:read') ? 'funds.objections:read' : 'assets.objections:read' },
    { section: 'audit', label: t('audit'), to: '/audit/gateway', permission: 'gateway.audit:read' },
    { section: 'users', label: t('users'), to: '/users', permission: 'gateway.users:read' },
  ]
  return all.filter((destination) => may(destination.permission))
}
