/** One review for many cases, as it is typed. */
import type { BatchReview, CaseRow, Evidence, Stage } from '@/api/types'
import { today } from '@/shared/dates'
import type { Messages } from '@/shared/form'
import { phrases } from '@/shared/i18n'
import { fromYuan } from '@/shared/money'

const t = phrases({
  opinion: ['请写办理意见，至少 2 个字', 'State an opinion, at least 2 characters'],
  to: ['请选择退回到哪一步', 'Choose the step to return to'],
  day: ['请填写日期', 'Enter the date'],
  departments: ['请填写参与比对的部门', 'Name the departments'],
})

export interface BatchValues {
  action: 'complete' | 'return'
  to: Stage | ''
  day: string
  method: 'documents' | 'home_visit' | 'data_comparison'
  departments: string
  confirmed: string[]
  opinion: string
}

export function emptyBatch(): BatchValues {
  return { action: 'complete', to: '', day: today(), method: 'documents', departments: '', confirmed: [], opinion: '' }
}

/** The class that the income alone suggests; whether the household was lifted is for the service to refuse. */
export function likelyClass(row: Pick<CaseRow, 'net_income_per_head' | 'income_line'>): string {
  if (row.net_income_per_head === null) return ''
  return fromYuan(row.net_income_per_head) < fromYuan(row.income_line) ? 'marginal' : 'sudden_hardship'
}

/** "民政、医保，人社" → three names. */
export function namesIn(text: string): string[] {
  return text.split(/[、,，;；\s]+/).map((name) => name.trim()).filter(Boolean)
}

export function batchErrors(values: BatchValues, first: Pick<CaseRow, 'state'>): Messages {
  const errors: Messages = {}
  if (values.opinion.trim().length < 2) errors.opinion = t('opinion')
  if (values.action === 'return') {
    if (!values.to) errors.to = t('to')
    return errors
  }
  if (!values.day) errors.day = t('day')
  if (first.state === 'county_determination' && namesIn(values.departments).length === 0) errors.departments = t('departments')
  return errors
}

function evidence(values: BatchValues, stage: string): Evidence {
  if (stage === 'township_review') return { form: 'township_review', checked_on: values.day, method: values.method, note: '' }
  return { form: 'county_determination', compared_on: values.day, departments: namesIn(values.departments), findings: '', class: null, risks: [], confirmed: values.confirmed }
}

/** The request: the common step, and of each case its version and, where a class is given, its own class and risks. */
export function batchBody(values: BatchValues, rows: readonly CaseRow[], classes: Readonly<Record<string, string>>, preview: boolean): BatchReview {
  const stage = rows[0]?.state as Stage
  const complete = values.action === 'complete'
  const determines = complete && stage === 'county_determination' && rows[0]?.kind === 'identification'
  return {
    items: rows.map((row) => ({ id: row.id, version: row.version, class: determines ? classes[row.id] || null : null, risks: determines ? row.risks : [] })),
    step: {
      stage,
      action: values.action,
      to: complete ? null : values.to || null,
      opinion: values.opinion.trim(),
      evidence: complete ? evidence(values, stage) : null,
    },
    preview,
  }
}
