import { phrases, vocabulary } from '@/shared/i18n'
import { formatWan, fromYuan } from '@/shared/money'
import * as terms from '@/shared/terms'

const names = vocabulary({
  region_code: ['所在地', 'Place'],
  kind: ['类别', 'Kind'],
  code: ['资产编号', 'Asset number'],
  project_name: ['来源项目', 'Project'],
  name: ['资产名称', 'Asset name'],
  category: ['资产类型', 'Category'],
  original_value: ['原值', 'Original value'],
  fund_composition: ['资金构成', 'Fund composition'],
  location: ['具体位置', 'Location'],
  built_on: ['建成（购置）日期', 'Built or bought on'],
  status: ['使用状态', 'State'],
  owner_kind: ['权属类型', 'Kind of owner'],
  owner_name: ['权属人', 'Owner'],
  title_confirmed: ['是否确权', 'Title confirmed'],
  keeper: ['管护主体', 'Keeper'],
  keeper_person: ['管护责任人', 'Responsible person'],
  upkeep_budget: ['年管护经费', 'Upkeep budget a year'],
  upkeep_source: ['管护经费来源', 'Source of upkeep'],
  operator_name: ['经营主体', 'Operator'],
  operation_mode: ['经营方式', 'Mode of operation'],
  contract_from: ['合同起', 'Contract from'],
  contract_to: ['合同止', 'Contract to'],
  yearly_rent: ['年租金（收益）', 'Yearly rent'],
  household_id: ['所属农户', 'Household'],
  household_head_name: ['所属农户', 'Household'],
  document_number: ['文号', 'Document number'],
  source_level: ['资金来源', 'Source'],
  year: ['年度', 'Year'],
  amount: ['金额', 'Amount'],
})

const acts = vocabulary({
  registered: ['登记了这项资产', 'registered the asset'],
  imported: ['导入了这项资产', 'imported the asset'],
  corrected: ['更正了资料', 'corrected the record'],
})

const answers = vocabulary({ true: ['是', 'Yes'], false: ['否', 'No'] })

const t = phrases({
  line: ['{source} {year} 年 {amount}', '{source} {year} {amount}'],
  wan: ['{n} 万元', '{n} ×10k yuan'],
})

const VALUES: Record<string, { label: (code: string) => string }> = {
  kind: terms.assetKind,
  status: terms.assetStatus,
  owner_kind: terms.ownerKind,
}
const AMOUNTS = new Set(['original_value', 'upkeep_budget', 'yearly_rent', 'amount'])

export const fieldName = names.label
export const actName = acts.label

/** One line of a fund composition: "中央 2024 年 70.00 万元". */
function lineWords(line: Record<string, unknown>): string {
  const amount = typeof line.amount === 'string' ? fieldValue('amount', line.amount) : ''
  return t('line', { source: terms.sourceLevel.label(String(line.source_level ?? '')), year: String(line.year ?? ''), amount })
}

export function fieldValue(field: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return ''
  if (typeof value === 'boolean') return answers.label(String(value))
  if (AMOUNTS.has(field) && typeof value === 'string') return t('wan', { n: formatWan(fromYuan(value)) })
  if (Array.isArray(value)) return value.map(lineWords).join('；')
  if (typeof value === 'object') return ''
  return VALUES[field]?.label(String(value)) ?? String(value)
}
