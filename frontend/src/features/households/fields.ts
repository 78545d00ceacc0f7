/** What the fields of a household and its members are called, for forms, conflicts and the history. */
import { phrases, vocabulary } from '@/shared/i18n'
import * as terms from '@/shared/terms'

const names = vocabulary({
  household_no: ['户编号', 'Household number'],
  village_code: ['所在村', 'Village'],
  group_name: ['村民小组', 'Group'],
  address: ['住址', 'Address'],
  dwelling_grade: ['住房安全等级', 'Dwelling grade'],
  water_supply: ['饮水', 'Water supply'],
  state: ['状态', 'State'],
  lifted: ['脱贫户', 'Lifted'],
  lifted_year: ['脱贫年份', 'Year lifted'],
  monitored: ['监测对象', 'Monitored'],
  monitored_class: ['监测类型', 'Monitored class'],
  monitored_since: ['纳入监测日期', 'Monitored since'],
  risks: ['风险', 'Risks'],
  name: ['姓名', 'Name'],
  relation: ['与户主关系', 'Relation to head'],
  sex: ['性别', 'Sex'],
  birth_date: ['出生日期', 'Date of birth'],
  id_number: ['身份证号', 'ID number'],
  phone: ['联系电话', 'Phone'],
  labour_ability: ['劳动能力', 'Labour ability'],
  health: ['健康状况', 'Health'],
  education: ['文化程度', 'Education'],
  schooling: ['在校情况', 'Schooling'],
  employment: ['就业', 'Employment'],
  insured: ['参加基本医保', 'Basic medical insurance'],
  is_head: ['户主', 'Head'],
  year: ['年度', 'Year'],
  wage: ['工资性收入', 'Wage'],
  business: ['经营净收入', 'Business, net'],
  property: ['财产性收入', 'Property'],
  transfer: ['转移性收入', 'Transfer'],
  rigid_expense: ['刚性支出', 'Rigid expense'],
  rigid_medical: ['刚性支出：医疗', 'Rigid: medical'],
  rigid_education: ['刚性支出：教育', 'Rigid: education'],
  rigid_disability_care: ['刚性支出：残疾照护', 'Rigid: disability care'],
  rigid_housing_repair: ['刚性支出：住房修缮', 'Rigid: housing repair'],
  rigid_disaster: ['刚性支出：灾害损失', 'Rigid: disaster'],
  rigid_other: ['刚性支出：其他', 'Rigid: other'],
  members: ['家庭成员', 'Members'],
  incomes: ['收入', 'Incomes'],
  act: ['变动', 'Act'],
  title: ['政策名称', 'Policy'],
  kind: ['政策类别', 'Kind'],
  member_name: ['享受对象', 'For whom'],
  since: ['享受起始日期', 'Since'],
  until: ['享受截止日期', 'Until'],
  yearly_amount: ['每年金额', 'Amount a year'],
  source: ['落实部门', 'Granted by'],
  note: ['备注', 'Note'],
})

const acts = vocabulary({
  registered: ['登记了这户', 'registered the household'],
  imported: ['导入了这户', 'imported the household'],
  corrected: ['更正了资料', 'corrected the record'],
  member_added: ['增加了成员', 'added a member'],
  member_corrected: ['更正了成员资料', 'corrected a member'],
  monitoring_set: ['登记为监测对象', 'set monitoring'],
  monitoring_cleared: ['取消了监测登记', 'cleared monitoring'],
  act: ['办理了变动', 'recorded an act'],
  persons_merged: ['合并了重复人员', 'merged duplicate persons'],
  benefit_added: ['登记了享受政策', 'recorded a policy'],
  benefit_corrected: ['更正了享受政策', 'corrected a policy'],
  benefit_ended: ['停止了享受政策', 'ended a policy'],
  persons_unmerged: ['撤销了重复人员的合并', 'took a merger of persons back'],
})

const words = phrases({ yes: ['是', 'Yes'], no: ['否', 'No'] })

const VALUES: Record<string, { label: (code: string) => string }> = {
  dwelling_grade: terms.dwellingGrade,
  water_supply: terms.waterSupply,
  monitored_class: terms.monitoredClass,
  relation: terms.relation,
  sex: terms.sex,
  labour_ability: terms.labourAbility,
  health: terms.health,
  education: terms.education,
  schooling: terms.schooling,
  employment: terms.employment,
  kind: terms.benefitKind,
}

export const fieldName = names.label
export const actName = acts.label

/** A stored value in the words of the screen. */
export function fieldValue(field: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return ''
  if (typeof value === 'boolean') return words(value ? 'yes' : 'no')
  if (Array.isArray(value)) return value.map((entry) => terms.risk.label(String(entry))).join('、')
  // A year of income: its amounts that are not zero.
  if (typeof value === 'object') {
    return Object.entries(value).filter(([, yuan]) => yuan !== '0.00').map(([key, yuan]) => `${names.label(key)} ${yuan}`).join('，')
  }
  const known = VALUES[field.split('.').at(-1) ?? field]
  return known ? known.label(String(value)) : String(value)
}

export function yesNo(value: boolean): string {
  return words(value ? 'yes' : 'no')
}
