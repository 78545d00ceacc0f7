import type { FloorWrite, SourceLevel } from '@/api/types'
import type { Messages } from '@/shared/form'
import { phrases } from '@/shared/i18n'

const t = phrases({
  year: ['请填写四位年度，例如 2026', 'Enter the year in four digits, e.g. 2026'],
  source: ['请选择资金来源', 'Choose the source'],
  region: ['请选择省、市或县', 'Choose a province, prefecture or county'],
  percent: ['请填写 0 到 100 之间的百分数，最多两位小数', 'A percentage from 0 to 100 with at most two decimals'],
  basis: ['请写明依据的文件名称和文号', 'Name the document it rests on'],
})

export interface FloorValues {
  year: string
  source_level: SourceLevel | ''
  region_code: string
  percent: string
  basis: string
}

/** "55" → 5500, "62.5" → 6250: basis points without floating point; null when it is not a share. */
export function parsePercent(text: string): number | null {
  const parts = /^(\d{1,3})(?:\.(\d{1,2}))?$/.exec(text.trim())
  if (!parts) return null
  const bp = Number(parts[1]) * 100 + Number((parts[2] ?? '').padEnd(2, '0'))
  return bp <= 10_000 ? bp : null
}

export function checkFloor(values: FloorValues): Messages {
  const errors: Messages = {}
  if (!/^20\d{2}$/.test(values.year)) errors.year = t('year')
  if (!values.source_level) errors.source_level = t('source')
  if (values.region_code.length < 2 || values.region_code.length > 6) errors.region_code = t('region')
  if (parsePercent(values.percent) === null) errors.floor_bp = t('percent')
  if (values.basis.trim().length < 2) errors.basis = t('basis')
  return errors
}

/** The request of checked values. */
export function floorBody(values: FloorValues): FloorWrite {
  return {
    year: Number(values.year),
    source_level: values.source_level || 'central',
    region_code: values.region_code,
    floor_bp: parsePercent(values.percent) ?? 0,
    basis: values.basis.trim(),
  }
}
