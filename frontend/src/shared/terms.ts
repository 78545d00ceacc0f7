/** The field's closed vocabularies (docs/domain.md): identifier → 中文, English. */
import { named } from './catalogue'
import { phrases, vocabulary } from './i18n'

/** Named by policy: see shared/catalogue. */
export const monitoredClass = named('classes', vocabulary({
  unstable_lifted: ['脱贫不稳定户', 'Unstable lifted'],
  marginal: ['边缘易致贫户', 'Marginal'],
  sudden_hardship: ['突发严重困难户', 'Sudden severe hardship'],
}))

/** Named by policy: see shared/catalogue. */
export const risk = named('risks', vocabulary({
  illness: ['因病', 'Illness'],
  disability: ['因残', 'Disability'],
  schooling: ['因学', 'Schooling'],
  disaster: ['因灾', 'Disaster'],
  accident: ['因意外', 'Accident'],
  business_failure: ['因产业失败', 'Business failure'],
  unstable_job: ['因务工不稳', 'Unstable job'],
  dwelling: ['住房', 'Dwelling'],
  water: ['饮水', 'Water'],
}))

export const householdStatus = vocabulary({
  monitored: ['监测户', 'Monitored'],
  lifted: ['脱贫户', 'Lifted'],
  ordinary: ['一般农户', 'Ordinary'],
})

export const villageType = vocabulary({
  lifted: ['脱贫村', 'Lifted village'],
  key_assistance: ['重点帮扶村', 'Key-assistance village'],
  model: ['乡村振兴示范村', 'Model village'],
})

export const assetKind = vocabulary({
  public_welfare: ['公益性资产', 'Public-welfare'],
  operating: ['经营性资产', 'Operating'],
  household: ['到户类资产', 'Household'],
})

export const assetStatus = vocabulary({
  in_use: ['在用', 'In use'],
  idle: ['闲置', 'Idle'],
  damaged: ['损坏', 'Damaged'],
  disposed: ['已处置', 'Disposed'],
})

export const ownerKind = vocabulary({
  village_collective: ['村集体', 'Village collective'],
  individual: ['个人', 'Individual'],
  state: ['国有', 'State'],
})

export const sourceLevel = vocabulary({
  central: ['中央', 'Central'],
  provincial: ['省级', 'Provincial'],
  prefecture: ['市级', 'Prefecture'],
  county: ['县级', 'County'],
  integrated: ['整合涉农', 'Integrated agricultural'],
  land_revenue: ['土地出让', 'Land revenue'],
  social: ['社会', 'Social'],
})

export const purpose = vocabulary({
  industry: ['产业发展', 'Industry'],
  infrastructure: ['基础设施', 'Infrastructure'],
  public_service: ['公共服务', 'Public service'],
  other: ['其他', 'Other'],
})

export const regionLevel = vocabulary({
  nation: ['全国', 'Nation'],
  province: ['省', 'Province'],
  prefecture: ['市（州）', 'Prefecture'],
  county: ['县（市、区）', 'County'],
  township: ['乡镇（街道）', 'Township'],
  village: ['村（社区）', 'Village'],
})

export const guarantee = vocabulary({
  food: ['吃饭', 'Food'],
  clothing: ['穿衣', 'Clothing'],
  education: ['义务教育', 'Education'],
  medical: ['基本医疗', 'Medical care'],
  dwelling: ['住房安全', 'Dwelling'],
  water: ['饮水安全', 'Water'],
})

export const role = vocabulary({
  bureau: ['业务主管部门', 'Bureau'],
  department_officer: ['部门数据员', 'Department data officer'],
  township: ['乡镇', 'Township'],
  village_cadre: ['村干部', 'Village cadre'],
  finance: ['财政资金', 'Finance'],
  asset_keeper: ['资产管护', 'Asset keeper'],
  auditor: ['纪检审计（只读）', 'Auditor (read only)'],
  system_admin: ['系统管理员', 'System administrator'],
  security_admin: ['安全管理员', 'Security administrator'],
  audit_admin: ['审计管理员', 'Audit administrator'],
})

export const units = phrases({
  wan: ['万元', '10,000 yuan'],
  yuan: ['元', 'yuan'],
  households: ['户', 'households'],
  people: ['人', 'people'],
  items: ['项', 'items'],
  villages: ['个村', 'villages'],
})

export const dwellingGrade = vocabulary({
  A: ['A级', 'A'],
  B: ['B级', 'B'],
  C: ['C级（危房）', 'C (dangerous)'],
  D: ['D级（危房）', 'D (dangerous)'],
})

export const waterSupply = vocabulary({
  centralised: ['集中供水', 'Centralised'],
  dispersed: ['分散供水', 'Dispersed'],
  unsafe: ['饮水不安全', 'Unsafe'],
})

/** 刚性支出 by kind; a year's kinds add up to its rigid expense. */
export const rigidKind = vocabulary({
  medical: ['医疗', 'Medical'],
  education: ['教育', 'Education'],
  disability_care: ['残疾照护', 'Disability care'],
  housing_repair: ['住房修缮', 'Housing repair'],
  disaster: ['灾害损失', 'Disaster'],
  other: ['其他', 'Other'],
})

/** 享受政策. */
export const benefitKind = vocabulary({
  subsistence_allowance: ['低保', 'Subsistence allowance'],
  destitute_support: ['特困供养', 'Destitute support'],
  medical_aid: ['医疗救助', 'Medical aid'],
  education_aid: ['教育资助（含雨露计划）', 'Education aid (incl. Yulu)'],
  dwelling_renovation: ['危房改造', 'Dwelling renovation'],
  welfare_post: ['公益性岗位', 'Public-welfare post'],
  poverty_relocation: ['易地扶贫搬迁', 'Poverty relocation'],
  microloan: ['小额信贷', 'Microloan'],
  industry_support: ['产业帮扶', 'Industry support'],
  prevention_insurance: ['防贫综合保险', 'Poverty-prevention insurance'],
  other: ['其他', 'Other'],
})

export const relation = vocabulary({
  head: ['户主', 'Head'],
  spouse: ['配偶', 'Spouse'],
  child: ['子女', 'Child'],
  child_in_law: ['儿媳、女婿', 'Child-in-law'],
  grandchild: ['孙子女', 'Grandchild'],
  parent: ['父母', 'Parent'],
  parent_in_law: ['公婆、岳父母', 'Parent-in-law'],
  grandparent: ['祖父母', 'Grandparent'],
  sibling: ['兄弟姐妹', 'Sibling'],
  other: ['其他', 'Other'],
})

export const memberState = vocabulary({
  present: ['在册', 'Present'],
  died: ['已死亡', 'Died'],
  moved_out: ['已迁出', 'Moved out'],
  merged: ['重复登记已合并', 'Merged'],
  void: ['登记作废', 'Void'],
})

export const sex = vocabulary({ male: ['男', 'Male'], female: ['女', 'Female'] })

export const labourAbility = vocabulary({
  skilled: ['技能劳动力', 'Skilled'],
  ordinary: ['普通劳动力', 'Ordinary'],
  weak: ['弱劳动力或半劳动力', 'Weak or half'],
  lost: ['丧失劳动力', 'Lost'],
  none: ['无劳动力', 'None'],
})

export const health = vocabulary({
  healthy: ['健康', 'Healthy'],
  chronic: ['长期慢性病', 'Chronic illness'],
  severe: ['患有大病', 'Severe illness'],
  disabled: ['残疾', 'Disabled'],
})

export const education = vocabulary({
  illiterate: ['文盲或半文盲', 'Illiterate'],
  primary: ['小学', 'Primary'],
  junior: ['初中', 'Junior secondary'],
  senior: ['高中或中专', 'Senior secondary'],
  college: ['大专', 'College'],
  university: ['本科及以上', 'University'],
})

export const schooling = vocabulary({
  none: ['非在校', 'Not at school'],
  preschool: ['学前', 'Preschool'],
  primary: ['小学', 'Primary'],
  junior: ['初中', 'Junior secondary'],
  senior: ['普高', 'Senior secondary'],
  vocational: ['中职', 'Vocational'],
  higher: ['高等教育', 'Higher'],
  dropout: ['失学辍学', 'Dropped out'],
})

export const employment = vocabulary({
  none: ['未就业', 'Not employed'],
  farming: ['务农', 'Farming'],
  local_job: ['县内务工', 'Local job'],
  migrant_job: ['县外务工', 'Migrant job'],
  welfare_post: ['公益性岗位', 'Public-welfare post'],
  own_business: ['自主经营', 'Own business'],
})
