/** What is typed about an asset, its checks, and the request it becomes. Amounts in fen. */
import type { Asset, AssetCreate, AssetUpdate, PendingAsset, SourceLevel } from '@/api/types'
import type { Messages } from '@/shared/form'
import { phrases } from '@/shared/i18n'
import { uuid7 } from '@/shared/ids'
import { formatWan, fromYuan, sum, toYuan, type Fen } from '@/shared/money'

const t = phrases({
  region: ['请选择所在的村或乡镇', 'Choose the village or township'],
  code: ['请填写资产编号', 'Enter the asset number'],
  name: ['请填写资产名称', 'Enter the asset name'],
  category: ['请填写资产类型', 'Enter the category'],
  value: ['请填写原值', 'Enter the original value'],
  owner: ['请填写权属人', 'Enter the owner'],
  source: ['第 {n} 笔资金请选择来源', 'Choose the source of line {n}'],
  amount: ['第 {n} 笔资金请填写金额', 'Enter the amount of line {n}'],
  less: ['资金构成比原值少 {wan} 万元', 'The composition is {wan} (×10k yuan) below the original value'],
  more: ['资金构成比原值多 {wan} 万元', 'The composition is {wan} (×10k yuan) above the original value'],
  keeper: ['公益性资产请填写管护主体', 'Enter the keeper'],
  operator: ['经营性资产请填写经营主体', 'Enter the operator'],
  period: ['合同止不能早于合同起', 'The contract cannot end before it begins'],
  household: ['到户类资产请选择所属农户', 'Choose the household'],
})

export interface CompositionLine {
  key: string
  source_level: SourceLevel | ''
  year: number
  amount: Fen | null
  document_number: string
}

export interface AssetValues {
  id: string
  /** The asset to be registered that this one is entered from. */
  pending_id: string | null
  region_code: string
  kind: Asset['kind']
  code: string
  name: string
  category: string
  project_name: string
  original_value: Fen | null
  fund_composition: CompositionLine[]
  location: string
  built_on: string
  status: NonNullable<AssetCreate['status']>
  owner_kind: Asset['owner_kind']
  owner_name: string
  title_confirmed: boolean
  keeper: string
  keeper_person: string
  upkeep_budget: Fen | null
  upkeep_source: string
  operator_name: string
  operation_mode: string
  contract_from: string
  contract_to: string
  yearly_rent: Fen | null
  household_id: string
  household_head_name: string
}

export function emptyLine(year: number): CompositionLine {
  return { key: uuid7(), source_level: '', year, amount: null, document_number: '' }
}

export function emptyAsset(region: string, kind: Asset['kind'], year: number): AssetValues {
  return {
    id: uuid7(),
    pending_id: null,
    region_code: region,
    kind,
    code: '',
    name: '',
    category: '',
    project_name: '',
    original_value: null,
    fund_composition: [emptyLine(year)],
    location: '',
    built_on: '',
    status: 'in_use',
    owner_kind: kind === 'household' ? 'individual' : 'village_collective',
    owner_name: '',
    title_confirmed: false,
    keeper: '',
    keeper_person: '',
    upkeep_budget: null,
    upkeep_source: '',
    operator_name: '',
    operation_mode: '',
    contract_from: '',
    contract_to: '',
    yearly_rent: null,
    household_id: '',
    household_head_name: '',
  }
}

const fenOrNull = (yuan: string | null | undefined): Fen | null => (yuan ? fromYuan(yuan) : null)

/** A registered asset as its form holds it. */
export function assetValues(asset: Asset): AssetValues {
  return {
    id: asset.id,
    pending_id: null,
    region_code: asset.region_code,
    kind: asset.kind,
    code: asset.code,
    name: asset.name,
    category: asset.category,
    project_name: asset.project_name ?? '',
    original_value: fromYuan(asset.original_value),
    fund_composition: asset.fund_composition.map((line) => ({
      key: uuid7(),
      source_level: line.source_level,
      year: line.year,
      amount: fromYuan(line.amount),
      document_number: line.document_number ?? '',
    })),
    location: asset.location ?? '',
    built_on: asset.built_on ?? '',
    status: asset.status === 'disposed' ? 'in_use' : asset.status,
    owner_kind: asset.owner_kind,
    owner_name: asset.owner_name ?? '',
    title_confirmed: asset.title_confirmed,
    keeper: asset.keeper ?? '',
    keeper_person: asset.keeper_person ?? '',
    upkeep_budget: fenOrNull(asset.upkeep_budget),
    upkeep_source: asset.upkeep_source ?? '',
    operator_name: asset.operator_name ?? '',
    operation_mode: asset.operation_mode ?? '',
    contract_from: asset.contract_from ?? '',
    contract_to: asset.contract_to ?? '',
    yearly_rent: fenOrNull(asset.yearly_rent),
    household_id: asset.household_id ?? '',
    household_head_name: asset.household_head_name ?? '',
  }
}

/** Original value minus what the lines add up to: zero when they agree. */
export function compositionGap(values: Pick<AssetValues, 'original_value' | 'fund_composition'>): Fen {
  return (values.original_value ?? 0n) - sum(values.fund_composition.map((line) => line.amount ?? 0n))
}

function checkKind(values: AssetValues): Messages {
  const errors: Messages = {}
  if (values.kind === 'public_welfare' && !values.keeper.trim()) errors.keeper = t('keeper')
  if (values.kind === 'operating') {
    if (!values.operator_name.trim()) errors.operator_name = t('operator')
    if (values.contract_from && values.contract_to && values.contract_to < values.contract_from) errors.contract_to = t('period')
  }
  if (values.kind === 'household' && !values.household_id) errors.household_id = t('household')
  return errors
}

export function checkAsset(values: AssetValues): Messages {
  const errors: Messages = {}
  if (values.region_code.length < 9) errors.region_code = t('region')
  if (!values.code.trim()) errors.code = t('code')
  if (!values.name.trim()) errors.name = t('name')
  if (!values.category.trim()) errors.category = t('category')
  if (values.original_value === null || values.original_value <= 0n) errors.original_value = t('value')
  values.fund_composition.forEach((line, index) => {
    if (!line.source_level) errors[`fund_composition.${index}.source_level`] = t('source', { n: index + 1 })
    if (line.amount === null || line.amount <= 0n) errors[`fund_composition.${index}.amount`] = t('amount', { n: index + 1 })
  })
  const gap = compositionGap(values)
  if (values.original_value !== null && gap !== 0n) {
    errors.fund_composition = gap > 0n ? t('less', { wan: formatWan(gap) }) : t('more', { wan: formatWan(-gap) })
  }
  if (values.kind !== 'household' && !values.owner_name.trim()) errors.owner_name = t('owner')
  return { ...errors, ...checkKind(values) }
}

const orNull = (text: string): string | null => text.trim() || null
const yuanOrNull = (fen: Fen | null): string | null => (fen === null ? null : toYuan(fen))

function kindBody(values: AssetValues) {
  if (values.kind === 'public_welfare') {
    return {
      keeper: orNull(values.keeper),
      keeper_person: orNull(values.keeper_person),
      upkeep_budget: yuanOrNull(values.upkeep_budget),
      upkeep_source: orNull(values.upkeep_source),
    }
  }
  if (values.kind === 'operating') {
    return {
      operator_name: orNull(values.operator_name),
      operation_mode: orNull(values.operation_mode),
      contract_from: orNull(values.contract_from),
      contract_to: orNull(values.contract_to),
      yearly_rent: yuanOrNull(values.yearly_rent),
    }
  }
  return { household_id: orNull(values.household_id), household_head_name: orNull(values.household_head_name) }
}

/** The request of checked values: only the fields of its kind. */
export function assetBody(values: AssetValues): AssetCreate {
  return {
    region_code: values.region_code,
    kind: values.kind,
    code: values.code.trim(),
    name: values.name.trim(),
    category: values.category.trim(),
    project_name: orNull(values.project_name),
    original_value: toYuan(values.original_value ?? 0n),
    fund_composition: values.fund_composition.map((line) => ({
      source_level: line.source_level || 'central',
      year: line.year,
      amount: toYuan(line.amount ?? 0n),
      document_number: orNull(line.document_number),
    })),
    location: orNull(values.location),
    built_on: orNull(values.built_on),
    status: values.status,
    owner_kind: values.owner_kind,
    owner_name: orNull(values.owner_name) ?? orNull(values.household_head_name),
    title_confirmed: values.title_confirmed,
    pending_id: values.pending_id,
    ...kindBody(values),
  }
}

/** What a correction may send: kind and place stay. */
export type AssetCorrection = Omit<AssetUpdate, 'reason'>

export function assetCorrection(values: AssetValues): AssetCorrection {
  const { kind: _kind, region_code: _region, pending_id: _pending, ...body } = assetBody(values)
  return body
}

/** A registration prefilled with what a project handed over. */
export function pendingValues(pending: PendingAsset): AssetValues {
  return {
    ...emptyAsset(pending.region_code, pending.kind, Number(pending.accepted_on.slice(0, 4))),
    pending_id: pending.id,
    name: pending.name,
    category: pending.category,
    project_name: pending.project_name,
    original_value: fromYuan(pending.original_value),
    fund_composition: pending.fund_composition.map((line) => ({ key: uuid7(), source_level: line.source_level, year: line.year, amount: fromYuan(line.amount), document_number: line.document_number ?? '' })),
    location: pending.location ?? '',
    built_on: pending.accepted_on,
  }
}
