/** The rules of casework in words: what each is called and what its value says. */
import { phrases, vocabulary } from '@/shared/i18n'
import { formatYuan, fromYuan } from '@/shared/money'
import { risk } from '@/shared/terms'
import { stage } from '../casework/words'

export const KEYS = ['income_line', 'income_window', 'class_names', 'risk_points', 'time_limits', 'notice_days', 'approvers', 'elimination', 'look_back', 'assistance_packages', 'assistance_plan', 'sweep'] as const
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
  assistance_packages: ['帮扶套餐', 'Assistance packages'],
  assistance_plan: ['帮扶计划期限', 'Time limit of assistance plans'],
  sweep: ['集中排查', 'Sweeps'],
})

/** The package of a household in which nobody can work, beside those of the risks. */
export const NO_LABOUR = 'no_labour'

/** What a package answers: a risk, by the county's own name where one is given, or the want of labour. */
export function packageName(code: string, named: readonly { code: string; name: string }[] = []): string {
  return code === NO_LABOUR ? t('noLabour') : (named.find((item) => item.code === code)?.name ?? risk.label(code))
}

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
  quarters: ['消除后回头看 {n} 次，每 {months} 个月一次', '{n} times, every {months} months'],
  noLabour: ['无劳动力家庭', 'Households without labour'],
  package: ['{risk}：{measures}', '{risk}: {measures}'],
  entry: ['{title}（{department}）', '{title} ({department})'],
  nothing: ['没有建议的措施', 'nothing suggested'],
  plan: ['纳入监测后 {n} 个工作日内制定', 'Within {n} working days of monitoring'],
  rounds: ['每年不少于 {n} 轮', 'At least {n} rounds a year'],
  issues: ['发现的问题 {n} 个工作日内整改销号', 'Issues put right within {n} working days'],
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
      return [t('quarters', { n: text(value.quarters), months: text(value.months) || '3' })]
    case 'assistance_packages':
      return Object.entries((value.packages ?? {}) as Record<string, Json[]>).map(([code, entries]) =>
        t('package', { risk: packageName(code), measures: entries.map((entry) => t('entry', { title: text(entry.title), department: text(entry.department) })).join('、') || t('nothing') }),
      )
    case 'assistance_plan':
      return [t('plan', { n: text(value.working_days) })]
    case 'sweep':
      return [t('rounds', { n: text(value.rounds_per_year) }), t('issues', { n: text(value.issue_working_days) })]
    default:
      return [JSON.stringify(value)]
  }
}
