/** The words of the project library (docs/domain.md): identifier → 中文, English. */
import { vocabulary } from '@/shared/i18n'
import type { Tone } from '@/shared/ui/Tag.vue'

export const projectState = vocabulary({
  draft: ['草稿', 'Draft'],
  township_review: ['乡镇审核', 'Township review'],
  county_review: ['县级审核', 'County review'],
  notice: ['入库公示', 'On notice'],
  library: ['在库', 'In the library'],
  adjustment_notice: ['调整公示', 'Change on notice'],
  withdrawal_notice: ['退库公示', 'Withdrawal on notice'],
  accepted: ['已验收', 'Accepted'],
  settled: ['已决算', 'Settled'],
  completed: ['已移交', 'Handed over'],
  refused: ['不予入库', 'Refused'],
  withdrawn: ['已退库', 'Withdrawn'],
})

export const category = vocabulary({
  planting: ['种植业', 'Planting'],
  breeding: ['养殖业', 'Breeding'],
  processing: ['农产品加工', 'Processing'],
  logistics: ['仓储物流', 'Logistics'],
  tourism: ['乡村旅游', 'Tourism'],
  collective_economy: ['新型农村集体经济', 'Collective economy'],
  finance_support: ['金融保险配套', 'Finance support'],
  road: ['农村道路', 'Roads'],
  irrigation: ['小型农田水利', 'Irrigation'],
  power: ['供电与通信', 'Power and telecom'],
  drinking_water: ['农村供水', 'Drinking water'],
  housing: ['住房安全', 'Housing'],
  environment: ['人居环境整治', 'Living environment'],
  education: ['教育帮扶', 'Education'],
  health: ['健康帮扶', 'Health'],
  employment: ['公益岗位与就业', 'Employment'],
  training: ['技能培训', 'Training'],
  other: ['其他', 'Other'],
})

export const nature = vocabulary({ new: ['新建', 'New'], extended: ['续建', 'Extended'] })

export const benefitKind = vocabulary({
  employment: ['带动就业', 'Employment'],
  dividend: ['收益分红', 'Dividend'],
  order: ['订单收购', 'Orders'],
  land_rent: ['土地流转', 'Land rent'],
  training: ['技术培训', 'Training'],
  services: ['生产服务', 'Services'],
  facility: ['改善设施', 'Facilities'],
  other: ['其他', 'Other'],
})

export const action = vocabulary({
  open: ['建立草稿', 'Draft'],
  edit: ['修改草稿', 'Edit'],
  submit: ['提交申报', 'Hand in'],
  approve: ['审核通过', 'Approve'],
  return: ['退回', 'Return'],
  refuse: ['不予入库', 'Refuse'],
  withdraw: ['撤回', 'Withdraw'],
  enter: ['办理入库', 'Enter the library'],
  adjust: ['调整项目', 'Change the project'],
  remove: ['办理退库', 'Take out'],
  confirm: ['公示期满生效', 'Take effect'],
  accept: ['验收', 'Accept'],
  settle: ['决算', 'Settle'],
  hand_over: ['移交', 'Hand over'],
})

export const section = vocabulary({
  basics: ['基本情况', 'Basics'],
  schedule: ['建设期限', 'Schedule'],
  tasks: ['任务与规模', 'Tasks and size'],
  financing: ['投资与资金', 'Financing'],
  beneficiaries: ['受益对象', 'Beneficiaries'],
  performance: ['绩效目标', 'Performance targets'],
  benefit: ['联农带农', 'How farmers benefit'],
})

export const planState = vocabulary({
  draft: ['编制中', 'Draft'],
  notice: ['公示中', 'On notice'],
  in_force: ['执行中', 'In force'],
  dropped: ['已作废', 'Dropped'],
})

export const factor = vocabulary({
  monitored_people: ['监测对象人口', 'Monitored people'],
  lifted_people: ['脱贫人口', 'Lifted people'],
  key_villages: ['重点帮扶村', 'Key villages'],
  population: ['农村人口', 'Population'],
  tasks: ['库内待实施项目', 'Projects waiting'],
  performance: ['绩效自评得分', 'Performance score'],
})

export const schemeState = vocabulary({
  draft: ['方案', 'Draft'],
  submitted: ['待审批', 'To be approved'],
  approved: ['已入账', 'Posted'],
  returned: ['已退回', 'Returned'],
  dropped: ['已作废', 'Dropped'],
})

export const act = vocabulary({
  library_entry: ['项目入库', 'Library entry'],
  yearly_plan: ['年度计划', 'Yearly plan'],
  adjustment: ['项目调整', 'Change'],
  withdrawal: ['项目退库', 'Withdrawal'],
  allocation: ['资金分配', 'Allocation'],
  completion: ['完工验收', 'Completion'],
})

const TONES: Partial<Record<string, Tone>> = {
  library: 'pine', completed: 'pine', in_force: 'pine', approved: 'pine',
  township_review: 'gold', county_review: 'gold', submitted: 'gold', accepted: 'gold', settled: 'gold',
  notice: 'orange', adjustment_notice: 'orange', withdrawal_notice: 'orange',
}

export function toneOf(state: string): Tone {
  return TONES[state] ?? 'plain'
}
