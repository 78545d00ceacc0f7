/** A year's land revenue and the least shares as they are typed. */
import type { LandRevenueReportWrite, LandRevenueRuleWrite } from '@/api/types'
import type { Messages } from '@/shared/form'
import { phrases } from '@/shared/i18n'
import { toYuan, type Fen } from '@/shared/money'
import { parsePercent } from '../funds/floor-form'

const t = phrases({
  year: ['请填写四位年度，例如 2026', 'Enter the year in four digits, e.g. 2026'],
  asOf: ['请填写截至日期', 'As of which day'],
  asOfYear: ['截至日期应在本年度内', 'A day within the year'],
  amount: ['请填写金额，没有的填 0', 'Enter the amount, 0 when none'],
  net: ['土地出让收益不能大于土地出让收入', 'The net exceeds the gross'],
  agriculture: ['计提数不能大于土地出让收入', 'More than the gross'],
  spent: ['已支出不能大于计提数', 'More than was set aside'],
  basis: ['请写明依据的文件或报表', 'Name what it rests on'],
  percent: ['请填写 0 到 100 之间的百分数，最多两位小数', 'A percentage from 0 to 100 with at most two decimals'],
  region: ['请选择省、市或县', 'Choose a province, prefecture or county'],
})

export const MONEY = ['gross', 'net', 'agriculture', 'spent'] as const

export interface ReportValues extends Record<(typeof MONEY)[number], Fen | null> {
  year: string
  as_of: string
  basis: string
}

export function checkReport(values: ReportValues): Messages {
  const errors: Messages = {}
  if (!/^20\d{2}$/.test(values.year)) errors.year = t('year')
  if (!values.as_of) errors.as_of = t('asOf')
  else if (!errors.year && !values.as_of.startsWith(values.year)) errors.as_of = t('asOfYear')
  for (const name of MONEY) if (values[name] === null || values[name] < 0n) errors[name] = t('amount')
  const { gross, net, agriculture, spent } = values
  if (gross !== null && net !== null && net > gross) errors.net = t('net')
  if (gross !== null && agriculture !== null && agriculture > gross) errors.agriculture = t('agriculture')
  if (agriculture !== null && spent !== null && spent > agriculture) errors.spent = t('spent')
  if (values.basis.trim().length < 2) errors.basis = t('basis')
  return errors
}

/** The request of checked values. */
export function reportBody(values: ReportValues): LandRevenueReportWrite {
  const [gross, net, agriculture, spent] = MONEY.map((name) => toYuan(values[name] ?? 0n)) as [string, string, string, string]
  return { year: Number(values.year), as_of: values.as_of, gross, net, agriculture, spent, basis: values.basis.trim() }
}

export interface RuleValues {
  region_code: string
  from_year: string
  net: string
  gross: string
  basis: string
}

export function checkRule(values: RuleValues): Messages {
  const errors: Messages = {}
  if (values.region_code.length < 2 || values.region_code.length > 6) errors.region_code = t('region')
  if (!/^20\d{2}$/.test(values.from_year)) errors.from_year = t('year')
  if (parsePercent(values.net) === null) errors.net_bp = t('percent')
  if (parsePercent(values.gross) === null) errors.gross_bp = t('percent')
  if (values.basis.trim().length < 2) errors.basis = t('basis')
  return errors
}

export function ruleBody(values: RuleValues): LandRevenueRuleWrite {
  return { region_code: values.region_code, from_year: Number(values.from_year), net_bp: parsePercent(values.net) ?? 0, gross_bp: parsePercent(values.gross) ?? 0, basis: values.basis.trim() }
}
