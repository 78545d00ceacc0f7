/** A new value of a rule as it is typed, its checks, and the request. */
import type { PolicyValue } from '@/api/types'
import { today } from '@/shared/dates'
import type { Messages } from '@/shared/form'
import { phrases } from '@/shared/i18n'
import { fromYuan, toYuan, type Fen } from '@/shared/money'
import { measureType } from '../assistance/words'
import { classCode, eliminationPart, ACTS, NO_LABOUR, STAGES, type EditableKey } from './policy-words'

const t = phrases({
  amount: ['请填写大于 0 的金额', 'An amount above 0'],
  number: ['请填写 {min} 到 {max} 之间的整数', 'A whole number from {min} to {max}'],
  roles: ['请至少选一级', 'Choose at least one'],
  county: ['县级审定只能由县级办理', 'Only the county determines'],
  township: ['乡镇审核不能由村级办理', 'Not the village'],
  after: ['不能由村级办理', 'Not the village'],
  name: ['请填写名称，2 到 30 个字', 'A name of 2 to 30 characters'],
  risk: ['请填写名称', 'Enter a name'],
  kind: ['请选择措施类型', 'Choose a type'],
  title: ['请填写措施名称', 'Enter a title'],
  department: ['请填写责任部门', 'Enter the department'],
  backstop: ['无劳动力家庭的套餐须含兜底保障', 'Households without labour need social security'],
  twice: ['名称重复', 'The name occurs twice'],
  from: ['请填写生效日期', 'Enter the date'],
  reason: ['请写明依据或理由，至少 2 个字', 'State why, at least 2 characters'],
})

/** One measure that a package asks for. */
export interface PackageEntry {
  type: string
  title: string
  department: string
}

export interface PolicyValues {
  yuan: Fen | null
  ends: 'month_before' | 'september'
  numbers: Record<string, string>
  roles: Record<string, string[]>
  names: Record<string, string>
  items: { code: string; name: string }[]
  packages: Record<string, PackageEntry[]>
  valid_from: string
  reason: string
}

/** Bounds of the whole numbers of each rule, by field. */
export const NUMBERS: Partial<Record<EditableKey, Record<string, readonly [number, number]>>> = {
  income_window: { months: [1, 24] },
  time_limits: Object.fromEntries(STAGES.map((stage) => [stage, [0, 60] as const])),
  notice_days: { days: [5, 60] },
  elimination: { enrolled_months: [0, 36], stable_months: [0, 36], measures: [0, 20] },
  look_back: { quarters: [1, 12], months: [1, 12] },
  assistance_plan: { working_days: [1, 60] },
  sweep: { rounds_per_year: [1, 12], issue_working_days: [1, 250] },
}

type Json = Record<string, unknown>

/** The packages as they stand, and room for each risk that has none yet. */
function packagesOf(value: Json, risks: readonly string[]): Record<string, PackageEntry[]> {
  const known = (value.packages ?? {}) as Record<string, PackageEntry[]>
  const codes = [...new Set([...risks, ...Object.keys(known).filter((code) => code !== NO_LABOUR), NO_LABOUR])]
  return Object.fromEntries(codes.map((code) => [code, (known[code] ?? []).map((entry) => ({ ...entry }))]))
}

/** @param risks codes of the risks that the county watches. */
export function policyValues(key: EditableKey, value: Json, risks: readonly string[] = []): PolicyValues {
  const items = Array.isArray(value.items) ? (value.items as { code: string; name: string }[]) : []
  return {
    yuan: key === 'income_line' ? fromYuan(String(value.yuan)) : null,
    ends: value.ends === 'september' ? 'september' : 'month_before',
    numbers: Object.fromEntries(Object.keys(NUMBERS[key] ?? {}).map((field) => [field, String(value[field] ?? '')])),
    packages: key === 'assistance_packages' ? packagesOf(value, risks) : {},
    roles: key === 'approvers' ? Object.fromEntries(ACTS.map((act) => [act, Array.isArray(value[act]) ? [...(value[act] as string[])] : ['bureau']])) : {},
    names: key === 'class_names' ? Object.fromEntries(classCode.codes.map((code) => [code, String(value[code] ?? '')])) : {},
    items: items.map((item) => ({ ...item })),
    valid_from: today(),
    reason: '',
  }
}

/** A code for a risk that the county adds: the name is what people read. */
export function ownRiskCode(taken: readonly { code: string }[]): string {
  let n = 1
  while (taken.some((item) => item.code === `local_${n}`)) n += 1
  return `local_${n}`
}

function checkPackages(packages: Record<string, PackageEntry[]>): Messages {
  const errors: Messages = {}
  for (const [code, entries] of Object.entries(packages)) {
    entries.forEach((entry, index) => {
      const at = `value.packages.${code}.${index}`
      if (!measureType.known(entry.type)) errors[`${at}.type`] = t('kind')
      if (!entry.title.trim()) errors[`${at}.title`] = t('title')
      else if (entries.some((other, before) => before < index && other.type === entry.type && other.title.trim() === entry.title.trim())) errors[`${at}.title`] = t('twice')
      if (!entry.department.trim()) errors[`${at}.department`] = t('department')
    })
  }
  if (!packages[NO_LABOUR]?.some((entry) => entry.type === 'social_security')) errors[`value.packages.${NO_LABOUR}`] = t('backstop')
  return errors
}

export function checkPolicy(key: EditableKey, v: PolicyValues): Messages {
  const errors: Messages = {}
  if (key === 'income_line' && (v.yuan === null || v.yuan <= 0n)) errors['value.yuan'] = t('amount')
  for (const [field, [min, max]] of Object.entries(NUMBERS[key] ?? {})) {
    const text = v.numbers[field] ?? ''
    if (!/^\d{1,3}$/.test(text.trim()) || Number(text) < min || Number(text) > max) errors[`value.${field}`] = t('number', { min, max })
  }
  if (key === 'approvers') {
    for (const act of ACTS) if (!v.roles[act]?.length) errors[`value.${act}`] = t('roles')
    if (v.roles.county_determination?.some((role) => role !== 'bureau')) errors['value.county_determination'] = t('county')
    if (v.roles.township_review?.includes('village_cadre')) errors['value.township_review'] = t('township')
    for (const act of ['rollback', 'remark']) if (v.roles[act]?.includes('village_cadre')) errors[`value.${act}`] = t('after')
  }
  if (key === 'class_names') for (const code of classCode.codes) if ((v.names[code] ?? '').trim().length < 2) errors[`value.${code}`] = t('name')
  if (key === 'risk_points') {
    v.items.forEach((item, index) => {
      if (!item.name.trim()) errors[`value.items.${index}.name`] = t('risk')
      else if (v.items.some((other, at) => at < index && other.name.trim() === item.name.trim())) errors[`value.items.${index}.name`] = t('twice')
    })
    if (v.items.length === 0) errors['value.items'] = t('risk')
  }
  if (key === 'assistance_packages') Object.assign(errors, checkPackages(v.packages))
  if (!v.valid_from) errors.valid_from = t('from')
  if (v.reason.trim().length < 2) errors.reason = t('reason')
  return errors
}

function packagesBody(packages: Record<string, PackageEntry[]>): Json {
  return Object.fromEntries(Object.entries(packages).map(([code, entries]) => [code, entries.map(({ type, title, department }) => ({ type, title: title.trim(), department: department.trim() }))]))
}

/** The value as the service wants it; the shape follows from the key. */
export function policyBody(key: EditableKey, v: PolicyValues): PolicyValue {
  const numbers = Object.fromEntries(Object.keys(NUMBERS[key] ?? {}).map((field) => [field, Number(v.numbers[field])]))
  const parts: Record<EditableKey, Json> = {
    income_line: { yuan: toYuan(v.yuan ?? 0n) },
    income_window: { ...numbers, ends: v.ends },
    time_limits: numbers,
    notice_days: numbers,
    approvers: v.roles,
    class_names: Object.fromEntries(Object.entries(v.names).map(([code, name]) => [code, name.trim()])),
    risk_points: { items: v.items.map(({ code, name }) => ({ code, name: name.trim() })) },
    elimination: numbers,
    look_back: numbers,
    assistance_packages: { packages: packagesBody(v.packages) },
    assistance_plan: numbers,
    sweep: numbers,
  }
  return { key, ...parts[key] } as PolicyValue
}

export const ELIMINATION_FIELDS = eliminationPart.codes
