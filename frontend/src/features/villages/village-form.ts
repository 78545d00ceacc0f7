/** What a clerk may correct in a village's profile; the counts themselves come from the register. */
import type { Village, VillageUpdate } from '@/api/types'
import type { Messages } from '@/shared/form'
import { phrases, vocabulary } from '@/shared/i18n'
import { formatYuan, fromYuan, toYuan, type Fen } from '@/shared/money'
import { villageType } from '@/shared/terms'

export const FIGURES = ['population', 'lifted_households', 'lifted_people', 'monitored_households', 'monitored_people'] as const
type Figure = (typeof FIGURES)[number]
type VillageType = Village['types'][number]

const t = phrases({
  whole: ['请填写整数', 'Enter a whole number'],
  source: ['填了公布数，请写明公布来源', 'Name the source of the published figures'],
  yuan: ['{n} 元', '{n} yuan'],
  and: ['、', ', '],
})

const names = vocabulary({
  types: ['村类型', 'Types'],
  collective_income: ['村集体经济年收入', 'Collective income a year'],
  population: ['农村人口', 'Population'],
  lifted_households: ['脱贫户', 'Lifted households'],
  lifted_people: ['脱贫人口', 'Lifted people'],
  monitored_households: ['监测户', 'Monitored households'],
  monitored_people: ['监测人口', 'Monitored people'],
  source: ['公布来源', 'Published in'],
})
export const fieldName = names.label

/** The form: published figures as they are typed. */
export interface VillageValues extends Record<Figure, string> {
  types: VillageType[]
  collective_income: Fen | null
  source: string
}

/** The same as it is compared and sent, one field per figure, so that two clerks' figures merge. */
export interface VillageFields extends Record<Figure, number | null> {
  types: VillageType[]
  collective_income: string | null
  source: string | null
}

const typed = (n: number | null | undefined): string => (n === null || n === undefined ? '' : String(n))
const counted = (text: string): number | null => (text.trim() ? Number(text) : null)

function perFigure<T>(make: (name: Figure) => T): Record<Figure, T> {
  return Object.fromEntries(FIGURES.map((name) => [name, make(name)])) as Record<Figure, T>
}

export function villageValues(village: Village): VillageValues {
  return {
    types: villageType.codes.filter((code) => village.types.includes(code)),
    collective_income: village.collective_income ? fromYuan(village.collective_income) : null,
    source: village.published?.source ?? '',
    ...perFigure((name) => typed(village.published?.[name])),
  }
}

export function villageFields(values: VillageValues): VillageFields {
  return {
    types: villageType.codes.filter((code) => values.types.includes(code)),
    collective_income: values.collective_income === null ? null : toYuan(values.collective_income),
    source: values.source.trim() || null,
    ...perFigure((name) => counted(values[name])),
  }
}

/** Back to the form, after a merge. */
export function typedFields(fields: VillageFields): VillageValues {
  return {
    types: fields.types,
    collective_income: fields.collective_income === null ? null : fromYuan(fields.collective_income),
    source: fields.source ?? '',
    ...perFigure((name) => typed(fields[name])),
  }
}

export function checkVillage(values: VillageValues): Messages {
  const errors: Messages = {}
  for (const name of FIGURES) if (values[name].trim() && !/^\d{1,7}$/.test(values[name].trim())) errors[name] = t('whole')
  if (!values.source.trim() && FIGURES.some((name) => values[name].trim())) errors.source = t('source')
  return errors
}

/** The request: the published figures go together, because the service replaces them together. */
export function villageUpdate(changes: Partial<VillageFields>, whole: VillageFields): VillageUpdate {
  const published = whole.source ? { source: whole.source, ...perFigure((name) => whole[name]) } : null
  return {
    ...('types' in changes ? { types: whole.types } : {}),
    ...('collective_income' in changes ? { collective_income: whole.collective_income } : {}),
    ...(['source', ...FIGURES].some((name) => name in changes) ? { published } : {}),
  }
}

export function fieldValue(field: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return ''
  if (Array.isArray(value)) return value.map((code) => villageType.label(String(code))).join(t('and'))
  if (field === 'collective_income') return t('yuan', { n: formatYuan(fromYuan(String(value))) })
  return typeof value === 'number' ? value.toLocaleString('en-US') : String(value)
}
