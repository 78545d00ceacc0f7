/** The rules of casework in words: what each is called and what its value says. */
import { phrases, vocabulary } from '@/shared/i18n'
import { formatYuan, fromYuan } from '@/shared/money'
import { stage } from '../casework/words'

export const KEYS = ['income_line', 'income_window', 'class_names', 'risk_points', 'time_limits', 'notice_days', 'approvers', 'elimination', 'look_back'] as const
export type EditableKey = (typeof KEYS)[number]

export const ruleName = vocabulary({
  income_line: ['监测收入标准', 'Income line'],
  income_window: ['收入计算期', 'Income window'],
  class_names: ['对象类别的名称', 'Names of the classes'],
  risk_points: ['风险点', 'Risk points'],
  time_limits: ['各环节办理时限', 'Time limits'],
  notice_days: ['公示天数', 'Days of notice'],
  approvers: ['各环节由谁办理', 'Who takes each step'],
  elimination: ['风险消除条件', 'Conditions of elimination'],
  look_back: ['消除后回头看', 'Look-backs'],
})

export const stepRole = vocabulary({
  village_cadre: ['村级', 'Village'],
  township: ['乡镇', 'Township'],
  bureau: ['县级', 'County'],
})

export const windowEnd = vocabulary({
  month_before: ['到案卷发起的上个月为止', 'Ends with the month before the case'],
  september: ['到上一个 9 月 30 日为止', 'Ends on 30 September'],
})

/** The glossary's names of the codes; what they are called is the value of the rule. */
export const classCode = vocabulary({
  unstable_lifted: ['脱贫户、收入不稳', 'Lifted, unstable'],
  marginal: ['非脱贫户、处在边缘', 'Not lifted, marginal'],
  sudden_hardship: ['突发困难、收入在线上', 'Sudden hardship, above the line'],
})

export const place = vocabulary({
  application: ['提交申请', 'Application'],
  home_verification: ['入户核实', 'Home verification'],
  village_review: ['村级评议', 'Village review'],
  notice: ['公示', 'Public notice'],
  township_review: ['乡镇审核', 'Township review'],
  county_determination: ['县级审定', 'County determination'],
  rollback: ['风险消除回退', 'Rollback'],
  remark: ['风险再标注', 'Re-mark'],
})

export const STAGES = stage.codes
export const ACTS = [...STAGES, 'rollback', 'remark'] as const

export const eliminationPart = vocabulary({
  enrolled_months: ['纳入监测满', 'Monitored for'],
  stable_months: ['收入稳定满', 'Income stable for'],
  measures: ['落实帮扶措施', 'Measures delivered'],
})

const t = phrases({
  line: ['每人每年 {n} 元', '{n} yuan per head and year'],
  window: ['{n} 个月，{ends}', '{n} months; {ends}'],
  limit: ['{stage} {n} 个工作日', '{stage} {n} working days'],
  notice: ['不少于 {n} 天（自然日）', 'At least {n} calendar days'],
  months: ['{part} {n} 个月', '{part} {n} months'],
  measures: ['{part} {n} 项以上', '{part} {n} or more'],
  quarters: ['消除后 {n} 个季度，每季度一次', '{n} quarters, once a quarter'],
})

type Json = Record<string, unknown>

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
function list(value: unknown): string[] {
  return Array.isArray(value) ? value.map(text) : []
}

/** A value line by line, as a clerk reads it. */
export function valueLines(key: string, value: Json): string[] {
  switch (key) {
    case 'income_line':
      return [t('line', { n: formatYuan(fromYuan(text(value.yuan))) })]
    case 'income_window':
      return [t('window', { n: text(value.months), ends: windowEnd.label(text(value.ends)) })]
    case 'time_limits':
      return STAGES.filter((name) => name in value).map((name) => t('limit', { stage: place.label(name), n: text(value[name]) }))
    case 'notice_days':
      return [t('notice', { n: text(value.days) })]
    case 'approvers':
      return ACTS.filter((name) => name in value).map((name) => `${place.label(name)}：${list(value[name]).map(stepRole.label).join('、')}`)
    case 'class_names':
      return classCode.codes.map((code) => text(value[code])).filter(Boolean)
    case 'risk_points':
      return [(Array.isArray(value.items) ? value.items : []).map((item: unknown) => text((item as Json).name)).join('、')]
    case 'elimination':
      return [
        t('months', { part: eliminationPart.label('enrolled_months'), n: text(value.enrolled_months) }),
        t('months', { part: eliminationPart.label('stable_months'), n: text(value.stable_months) }),
        t('measures', { part: eliminationPart.label('measures'), n: text(value.measures) }),
      ]
    case 'look_back':
      return [t('quarters', { n: text(value.quarters) })]
    default:
      return [JSON.stringify(value)]
  }
}
