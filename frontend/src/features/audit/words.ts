/** The audit record in a clerk's words: what was done, to what, and the particulars that were kept. */
import type { AuditEntry } from '@/api/types'
import { fieldName as assetField } from '@/features/assets/fields'
import { fieldName as householdField } from '@/features/households/fields'
import { phrases, vocabulary } from '@/shared/i18n'
import { formatYuan, fromYuan } from '@/shared/money'
import { percent } from '@/shared/pool'
import { role, sourceLevel } from '@/shared/terms'
import type { Ledger } from './api'

const ACTIONS = {
  gateway: vocabulary({
    'session.opened': ['登录', 'Signed in'],
    'session.closed': ['退出登录', 'Signed out'],
    'session.refused': ['登录未成功', 'Sign-in refused'],
    'user.created': ['开设账号', 'Account opened'],
    'user.changed': ['修改账号', 'Account changed'],
    'user.password_changed': ['修改本人密码', 'Own password changed'],
    'region.changed': ['修改地区', 'Region changed'],
  }),
  monitoring: vocabulary({
    'household.registered': ['登记农户', 'Household registered'],
    'household.imported': ['导入农户', 'Household imported'],
    'household.corrected': ['更正农户资料', 'Household corrected'],
    'household.member_added': ['增加家庭成员', 'Member added'],
    'household.member_corrected': ['更正家庭成员', 'Member corrected'],
    'household.monitoring_set': ['登记为监测对象', 'Monitoring set'],
    'household.monitoring_cleared': ['取消监测登记', 'Monitoring cleared'],
    'household.act': ['办理人口与户变动', 'Act on a household'],
    'household.persons_merged': ['合并重复人员', 'Duplicate persons merged'],
    'household.persons_unmerged': ['撤销重复人员的合并', 'Merger of persons taken back'],
    'duplicates.search': ['查找重复人员', 'Looked for duplicates'],
    'duplicates.merge': ['确认重复人员合并', 'Pair merged'],
    'duplicates.not_duplicate': ['标为不是同一人', 'Marked as two persons'],
    'duplicates.reopen': ['撤销重复人员处理', 'Decision taken back'],
    'household.reveal': ['查看完整号码', 'Number shown in full'],
    'application.receive': ['收到自主申请', 'Application received'],
    'application.match': ['申请核对到户', 'Application matched'],
    'application.refuse': ['申请不予受理', 'Application refused'],
    'application.withdraw': ['申请人撤回申请', 'Application withdrawn'],
    'application.reveal': ['查看申请人完整号码', 'Applicant’s number shown in full'],
    'village.create': ['建立村档案', 'Village profile created'],
    'village.correct': ['更正村档案', 'Village profile corrected'],
  }),
  assets: vocabulary({
    'asset.registered': ['登记资产', 'Asset registered'],
    'asset.imported': ['导入资产', 'Asset imported'],
    'asset.corrected': ['更正资产', 'Asset corrected'],
    'objection.handle': ['答复异议', 'Objection answered'],
  }),
  funds: vocabulary({
    'transfer.receipt': ['资金到账', 'Money received'],
    'transfer.allocation': ['安排资金', 'Money allocated'],
    'transfer.allocations': ['批量安排资金', 'Money allocated in bulk'],
    'transfer.supplement': ['追加资金', 'Money added'],
    'transfer.cut': ['核减资金', 'Money cut'],
    'transfer.return': ['上缴资金', 'Money returned'],
    'transfer.payment': ['支付入账', 'Payment posted'],
    'transfer.refund': ['支付收回入账', 'Refund posted'],
    'transfer.reversal': ['撤销资金安排', 'Allocation reversed'],
    'objection.handle': ['答复异议', 'Objection answered'],
    'floor.set': ['设定产业占比红线', 'Red line set'],
  }),
}

const subjects = vocabulary({
  user: ['账号', 'Account'],
  region: ['地区', 'Region'],
  household: ['农户', 'Household'],
  duplicate_candidate: ['重复人员', 'Duplicate persons'],
  village: ['村档案', 'Village profile'],
  application: ['自主申请', 'Application'],
  objection: ['异议', 'Objection'],
  asset: ['资产', 'Asset'],
  transfer: ['资金流水', 'Transfer'],
  allocation: ['资金安排', 'Allocation'],
  floor_rule: ['产业占比红线', 'Red line'],
  case: ['案卷', 'Case'],
  helper: ['帮扶责任人', 'Helper'],
  visit: ['走访', 'Visit'],
  lead: ['线索', 'Lead'],
  look_back: ['回头看', 'Look-back'],
  sweep: ['排查', 'Sweep'],
  sweep_issue: ['排查问题', 'Issue of a sweep'],
  submission: ['手机上报', 'Record from a phone'],
  policy: ['政策参数', 'Policy'],
  attachment: ['附件', 'File'],
  export: ['导出文件', 'Export'],
  entitlement: ['享受政策名单', 'Entitlements'],
  allocation_batch: ['资金安排批次', 'Allocations in bulk'],
  document: ['指标文件', 'Budget document'],
  factor_scheme: ['因素法方案', 'Scheme by factors'],
  project: ['项目', 'Project'],
  project_finding: ['项目疑点', 'Finding on a project'],
  negative_list_item: ['负面清单', 'Negative list'],
  yearly_plan: ['年度计划', 'Yearly plan'],
  publication_rule: ['公示天数', 'Days of publication'],
  funding_rule: ['项目库规则', 'Rule of the library'],
  payment: ['支付', 'Payment'],
  payment_checkpoint: ['支出节点', 'Spending checkpoint'],
  payment_speed_rule: ['下达时效规则', 'Rule of speed'],
  payout: ['补贴发放', 'Payout'],
  payout_batch: ['补贴发放批次', 'List of payouts'],
  payout_line: ['补贴发放人员', 'Line of payouts'],
  payout_standard: ['补助标准', 'Subsidy standard'],
  microloan: ['小额信贷', 'Microloan'],
  microloan_policy: ['小额信贷规定', 'Rules of microloans'],
  microloan_target: ['小额信贷目标', 'Target of microloans'],
  reconciliation: ['对账', 'Reconciliation'],
  reconciliation_month: ['对账月份', 'Month of reconciliation'],
  clue: ['问题线索', 'Clue'],
  land_revenue: ['土地出让收入', 'Land revenue'],
  land_revenue_rule: ['土地出让比例', 'Shares of land revenue'],
  land_revenue_report: ['土地出让填报', 'Report of land revenue'],
})

/** What was done, for acts that have no phrase of their own: said after the name of the thing. */
const acts = vocabulary({
  accept: ['受理', 'accepted'],
  adjust: ['调整', 'adjusted'],
  approve: ['审核通过', 'approved'],
  approved: ['审核通过', 'approved'],
  bank_file: ['下载银行文件', 'bank file taken'],
  begun: ['新建', 'begun'],
  cleared: ['排除', 'cleared'],
  close: ['办结', 'closed'],
  closed: ['办结', 'closed'],
  complete: ['办理一步', 'step taken'],
  confirm: ['确认', 'confirmed'],
  corrected: ['更正', 'corrected'],
  disposed: ['处置', 'disposed of'],
  download: ['下载', 'downloaded'],
  drafted: ['拟订', 'drafted'],
  drop: ['作废', 'dropped'],
  dropped: ['作废', 'dropped'],
  edit: ['修改', 'edited'],
  enforced: ['执行', 'put in force'],
  enter: ['入库', 'entered'],
  exclude: ['剔除人员', 'people left out'],
  give_up: ['不再补发', 'given up'],
  hand_over: ['移交', 'handed over'],
  handled: ['处理', 'handled'],
  import: ['导入', 'imported'],
  imported: ['导入', 'imported'],
  keep: ['放行疑点', 'let pass'],
  list: ['提取', 'taken'],
  list_file: ['导出名单', 'list exported'],
  match: ['勾对', 'matched'],
  monitoring: ['填报进展', 'progress reported'],
  note: ['记录办理情况', 'noted'],
  open: ['建立', 'opened'],
  opinion: ['签署意见', 'opinion given'],
  order: ['申请', 'ordered'],
  paid: ['付款', 'paid'],
  propose: ['给出建议', 'proposed'],
  published: ['公示', 'published'],
  raise: ['登记', 'raised'],
  recover: ['追回资金', 'money recovered'],
  rectify: ['整改', 'rectified'],
  refunded: ['收回', 'refunded'],
  refuse: ['不予通过', 'refused'],
  refused_sheet: ['下载退回的表格', 'refused rows taken'],
  reject: ['否决建议', 'proposal rejected'],
  remark: ['再标注', 'marked again'],
  remove: ['移出', 'removed'],
  report: ['填报', 'reported'],
  requested: ['申请', 'requested'],
  return: ['退回', 'sent back'],
  returned: ['退回', 'sent back'],
  reveal: ['查看完整号码', 'number shown in full'],
  rewritten: ['修改', 'rewritten'],
  rollback: ['回退', 'rolled back'],
  rule: ['设定比例', 'shares set'],
  self_evaluation: ['绩效自评', 'evaluated'],
  sent: ['报送银行', 'sent to the bank'],
  set: ['设定', 'set'],
  settle: ['办结', 'settled'],
  settled: ['回盘入账', 'answered by the bank'],
  strike_off: ['销号', 'struck off'],
  submit: ['提交', 'submitted'],
  submitted: ['提交', 'submitted'],
  supplement: ['补充材料', 'supplemented'],
  undo: ['撤销', 'undone'],
  upheld: ['属实', 'upheld'],
  view: ['查看', 'viewed'],
  withdraw: ['撤回', 'withdrawn'],
  withdrawn: ['撤回', 'withdrawn'],
})

const more = vocabulary({
  types: ['村类型', 'Types'],
  collective_income: ['村集体经济年收入', 'Collective income'],
  published_population: ['公布的农村人口', 'Published population'],
  published_lifted_households: ['公布的脱贫户', 'Published lifted households'],
  published_lifted_people: ['公布的脱贫人口', 'Published lifted people'],
  published_monitored_households: ['公布的监测户', 'Published monitored households'],
  published_monitored_people: ['公布的监测人口', 'Published monitored people'],
  published_source: ['公布来源', 'Source of publication'],
  role: ['岗位', 'Duty'],
  region_code: ['管辖地区', 'Region'],
  disabled: ['停用', 'Disabled'],
  locked: ['锁定', 'Locked'],
  password: ['密码', 'Password'],
})

const t = phrases({
  fields: ['改动：{names}', 'Changed: {names}'],
  reason: ['理由：{reason}', 'Reason: {reason}'],
  shown: ['查看：{field}', 'Shown: {field}'],
  amount: ['{yuan} 元', '{yuan} yuan'],
  serial: ['第 {n} 号流水', 'Transfer no. {n}'],
  floor: ['{year} 年{source} {percent}%', '{year} {source} {percent}%'],
  change: ['{from} → {to}', '{from} → {to}'],
  duty: ['岗位：{role}', 'Duty: {role}'],
  and: ['、', ', '],
  act: ['{subject}：{act}', '{subject}: {act}'],
})

export function actionName(ledger: Ledger, action: string): string {
  const own = ACTIONS[ledger].label(action)
  const dot = action.indexOf('.')
  if (own !== action || dot < 0) return own
  return t('act', { subject: subjects.label(action.slice(0, dot)), act: acts.label(action.slice(dot + 1)) })
}

export function actionOptions(ledger: Ledger): { value: string; label: string }[] {
  return ACTIONS[ledger].options()
}

export const subjectName = subjects.label

function nameOfField(field: string): string {
  const last = field.split('.').at(-1) ?? field
  for (const label of [more.label, householdField, assetField]) if (label(last) !== last) return label(last)
  return last
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** The particulars of an entry, line by line; what this page has no word for is left to the export. */
export function particulars({ action, detail }: Pick<AuditEntry, 'action' | 'detail'>): string[] {
  const lines: string[] = []
  if (Array.isArray(detail.fields) && detail.fields.length) {
    lines.push(t('fields', { names: [...new Set(detail.fields.map((field) => nameOfField(String(field))))].join(t('and')) }))
  }
  if (action === 'household.reveal') lines.push(t('shown', { field: householdField(text(detail.field)) }))
  if (text(detail.reason)) lines.push(t('reason', { reason: text(detail.reason) }))
  if (action.startsWith('transfer.') && /^-?\d+(\.\d{1,2})?$/.test(text(detail.amount))) lines.push(t('amount', { yuan: formatYuan(fromYuan(text(detail.amount))) }))
  if (action.startsWith('transfer.') && text(detail.seq)) lines.push(t('serial', { n: text(detail.seq) }))
  if (action === 'floor.set' && typeof detail.floor_bp === 'number') {
    lines.push(t('floor', { year: text(detail.year), source: sourceLevel.label(text(detail.source_level)), percent: percent(detail.floor_bp).replace(/\.?0+$/, '') }))
  }
  if (action === 'user.created' && text(detail.role)) lines.push(t('duty', { role: role.label(text(detail.role)) }))
  if (action === 'region.changed') lines.push(t('change', { from: text(detail.from), to: text(detail.to) }))
  if (action === 'user.changed' && Array.isArray(detail.from) && Array.isArray(detail.to)) {
    const [from, to] = [detail.from, detail.to].map((pair: unknown[]) => `${role.label(text(pair[0]))} ${text(pair[1])}`)
    lines.push(t('change', { from: from ?? '', to: to ?? '' }))
  }
  return lines
}
