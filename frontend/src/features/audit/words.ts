/** The audit record in a clerk's words: what was done, to what, and the particulars that were kept. */
import type { AuditEntry } from '@/api/types'
import { fieldName as assetField } from '@/features/assets/fields'
import { fieldName as householdField } from '@/features/households/fields'
import { phrases, vocabulary } from '@/shared/i18n'
import { formatYuan, fromYuan } from '@/shared/money'
import { percent } from '@/shared/pool'
import { role, sourceLevel } from '@/shared/terms'
import type { Ledger } from './api'

const ACTIONS = {
  gateway: vocabulary({
    'session.opened': ['登录', 'Signed in'],
    'session.closed': ['退出登录', 'Signed out'],
    'session.refused': ['登录未成功', 'Sign-in refused'],
    'user.created': ['开设账号', 'Account opened'],
    'user.changed': ['修改账号', 'Account changed'],
    'user.password_changed': ['修改本人密码', 'Own password changed'],
    'region.changed': ['修改地区', 'Region changed'],
  }),
  monitoring: vocabulary({
    'household.registered': ['登记农户', 'Household registered'],
    'household.imported': ['导入农户', 'Household imported'],
    'household.corrected': ['更正农户资料', 'Household corrected'],
    'household.member_added': ['增加家庭成员', 'Member added'],
    'household.member_corrected': ['更正家庭成员', 'Member corrected'],
    'household.monitoring_set': ['登记为监测对象', 'Monitoring set'],
    'household.monitoring_cleared': ['取消监测登记', 'Monitoring cleared'],
    'household.act': ['办理人口与户变动', 'Act on a household'],
    'household.persons_merged': ['合并重复人员', 'Duplicate persons merged'],
    'household.persons_unmerged': ['撤销重复人员的合并', 'Merger of persons taken back'],
    'duplicates.search': ['查找重复人员', 'Looked for duplicates'],
    'duplicates.merge': ['确认重复人员合并', 'Pair merged'],
    'duplicates.not_duplicate': ['标为不是同一人', 'Marked as two persons'],
    'duplicates.reopen': ['撤销重复人员处理', 'Decision taken back'],
    'household.reveal': ['查看完整号码', 'Number shown in full'],
    'application.receive': ['收到自主申请', 'Application received'],
    'application.match': ['申请核对到户', 'Application matched'],
    'application.refuse': ['申请不予受理', 'Application refused'],
    'application.withdraw': ['申请人撤回申请', 'Application withdrawn'],
    'application.reveal': ['查看申请人完整号码', 'Applicant’s number shown in full'],
    'village.create': ['建立村档案', 'Village profile created'],
    'village.correct': ['更正村档案', 'Village profile corrected'],
  }),
  assets: vocabulary({
    'asset.registered': ['登记资产', 'Asset registered'],
    'asset.imported': ['导入资产', 'Asset imported'],
    'asset.corrected': ['更正资产', 'Asset corrected'],
    'objection.handle': ['答复异议', 'Objection answered'],
  }),
  funds: vocabulary({
    'transfer.receipt': ['资金到账', 'Money received'],
    'transfer.allocation': ['安排资金', 'Money allocated'],
    'transfer.reversal': ['撤销资金安排', 'Allocation reversed'],
    'objection.handle': ['答复异议', 'Objection answered'],
    'floor.set': ['设定产业占比红线', 'Red line set'],
  }),
}

const subjects = vocabulary({
  user: ['账号', 'Account'],
  region: ['地区', 'Region'],
  household: ['农户', 'Household'],
  duplicate_candidate: ['重复人员', 'Duplicate persons'],
  village: ['村档案', 'Village profile'],
  application: ['自主申请', 'Application'],
  objection: ['异议', 'Objection'],
  asset: ['资产', 'Asset'],
  transfer: ['资金流水', 'Transfer'],
  allocation: ['资金安排', 'Allocation'],
  floor_rule: ['产业占比红线', 'Red line'],
})

const more = vocabulary({
  types: ['村类型', 'Types'],
  collective_income: ['村集体经济年收入', 'Collective income'],
  published_population: ['公布的农村人口', 'Published population'],
  published_lifted_households: ['公布的脱贫户', 'Published lifted households'],
  published_lifted_people: ['公布的脱贫人口', 'Published lifted people'],
  published_monitored_households: ['公布的监测户', 'Published monitored households'],
  published_monitored_people: ['公布的监测人口', 'Published monitored people'],
  published_source: ['公布来源', 'Source of publication'],
  role: ['岗位', 'Duty'],
  region_code: ['管辖地区', 'Region'],
  disabled: ['停用', 'Disabled'],
  locked: ['锁定', 'Locked'],
  password: ['密码', 'Password'],
})

const t = phrases({
  fields: ['改动：{names}', 'Changed: {names}'],
  reason: ['理由：{reason}', 'Reason: {reason}'],
  shown: ['查看：{field}', 'Shown: {field}'],
  amount: ['{yuan} 元', '{yuan} yuan'],
  serial: ['第 {n} 号流水', 'Transfer no. {n}'],
  floor: ['{year} 年{source} {percent}%', '{year} {source} {percent}%'],
  change: ['{from} → {to}', '{from} → {to}'],
  duty: ['岗位：{role}', 'Duty: {role}'],
  and: ['、', ', '],
})

export function actionName(ledger: Ledger, action: string): string {
  return ACTIONS[ledger].label(action)
}

export function actionOptions(ledger: Ledger): { value: string; label: string }[] {
  return ACTIONS[ledger].options()
}

export const subjectName = subjects.label

function nameOfField(field: string): string {
  const last = field.split('.').at(-1) ?? field
  for (const label of [more.label, householdField, assetField]) if (label(last) !== last) return label(last)
  return last
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** The particulars of an entry, line by line; what this page has no word for is left to the export. */
export function particulars({ action, detail }: Pick<AuditEntry, 'action' | 'detail'>): string[] {
  const lines: string[] = []
  if (Array.isArray(detail.fields) && detail.fields.length) {
    lines.push(t('fields', { names: [...new Set(detail.fields.map((field) => nameOfField(String(field))))].join(t('and')) }))
  }
  if (action === 'household.reveal') lines.push(t('shown', { field: householdField(text(detail.field)) }))
  if (text(detail.reason)) lines.push(t('reason', { reason: text(detail.reason) }))
  if (action.startsWith('transfer.') && /^-?\d+(\.\d{1,2})?$/.test(text(detail.amount))) lines.push(t('amount', { yuan: formatYuan(fromYuan(text(detail.amount))) }))
  if (action.startsWith('transfer.') && text(detail.seq)) lines.push(t('serial', { n: text(detail.seq) }))
  if (action === 'floor.set' && typeof detail.floor_bp === 'number') {
    lines.push(t('floor', { year: text(detail.year), source: sourceLevel.label(text(detail.source_level)), percent: percent(detail.floor_bp).replace(/\.?0+$/, '') }))
  }
  if (action === 'user.created' && text(detail.role)) lines.push(t('duty', { role: role.label(text(detail.role)) }))
  if (action === 'region.changed') lines.push(t('change', { from: text(detail.from), to: text(detail.to) }))
  if (action === 'user.changed' && Array.isArray(detail.from) && Array.isArray(detail.to)) {
    const [from, to] = [detail.from, detail.to].map((pair: unknown[]) => `${role.label(text(pair[0]))} ${text(pair[1])}`)
    lines.push(t('change', { from: from ?? '', to: to ?? '' }))
  }
  return lines
}
