/** The words of payouts (docs/domain.md): identifier → 中文, English. */
import type { PayoutBatchDetail, PayoutLine, PayoutStandard } from '@/api/types'
import { vocabulary } from '@/shared/i18n'
import type { Tone } from '@/shared/ui/Tag.vue'

export type BatchState = PayoutBatchDetail['state']
export type LineState = PayoutLine['state']
export type Problem = PayoutLine['problems'][number]
export type Run = PayoutBatchDetail['runs'][number]

export const batchState = vocabulary({
  draft: ['编制中', 'Being made'],
  running: ['发放中', 'Being paid'],
  finished: ['已办结', 'Finished'],
  dropped: ['已作废', 'Dropped'],
})

export const runState = vocabulary({
  submitted: ['待审核', 'To be approved'],
  approved: ['待报送银行', 'To be sent'],
  sent: ['银行处理中', 'With the bank'],
  settled: ['已回盘', 'Answered'],
  returned: ['已退回', 'Sent back'],
})

export const lineState = vocabulary({
  listed: ['在名单', 'Listed'],
  excluded: ['已剔除', 'Left out'],
  ready: ['待发放', 'Ready'],
  sent: ['已报送', 'Sent'],
  paid: ['已到账', 'Paid'],
  failed: ['银行退回', 'Failed'],
  given_up: ['不再补发', 'Given up'],
})

export const problemWord = vocabulary({
  not_registered: ['档案中没有此人', 'Not in the register'],
  name_differs: ['姓名与档案不一致', 'Name differs'],
  died: ['已死亡', 'Has died'],
  moved_out: ['已迁出', 'Has moved away'],
  registered_twice: ['档案中为重复登记', 'Registered twice'],
  household_closed: ['所在户已销户', 'Household closed'],
  repeated: ['本批次内重复', 'Twice on this list'],
  paid_already: ['同一标准同一期已在其他批次', 'On another list for the period'],
  account_missing: ['没有账号', 'No account'],
  account_invalid: ['账号校验不通过', 'Account number is wrong'],
  account_shared: ['多人同一账号', 'One account for several people'],
  account_failed: ['该账号曾被银行退回', 'The bank sent money back from it'],
  account_changed: ['与上次发放账号不同', 'Not the account last paid to'],
  holder_differs: ['户名与本人不一致', 'Account of somebody else'],
  over_standard: ['超出标准', 'Above the standard'],
  outside_allocation: ['不在资金安排的地区内', 'Outside the allocation’s region'],
})
/** What nobody can let pass. */
export const NEVER_KEPT: readonly Problem[] = ['repeated', 'paid_already', 'account_missing']

export const category = vocabulary({
  education: ['教育', 'Education'],
  training: ['培训', 'Training'],
  employment: ['就业', 'Employment'],
  insurance: ['保险', 'Insurance'],
  interest_subsidy: ['贴息', 'Interest subsidy'],
  other: ['其他', 'Other'],
})

export const periodKind = vocabulary({
  year: ['年', 'Year'],
  semester: ['学期', 'Term'],
  month: ['月', 'Month'],
  once: ['一次性', 'Once'],
})

export const listedBy = vocabulary({
  schooling: ['在校情况', 'Schooling'],
  employment: ['就业情况', 'Employment'],
  benefit: ['享受政策', 'Policy enjoyed'],
  status: ['户类型', 'Kind of household'],
})

export const among = vocabulary({
  lifted_or_monitored: ['脱贫户和监测对象', 'Lifted or monitored'],
  monitored: ['监测对象', 'Monitored'],
  any: ['全部农户', 'All households'],
})

const LISTS = {
  preschool: ['学前', 'Preschool'],
  primary: ['小学', 'Primary'],
  junior: ['初中', 'Junior'],
  senior: ['普高', 'Senior'],
  vocational: ['中职', 'Vocational'],
  higher: ['高等教育', 'Higher education'],
  local_job: ['县内务工', 'Job in the county'],
  migrant_job: ['县外务工', 'Job elsewhere'],
  welfare_post: ['公益性岗位', 'Welfare post'],
  own_business: ['自主经营', 'Own business'],
  subsistence_allowance: ['低保', 'Subsistence allowance'],
  destitute_support: ['特困供养', 'Destitute support'],
  medical_aid: ['医疗救助', 'Medical aid'],
  education_aid: ['教育资助（含雨露计划）', 'Education aid'],
  microloan: ['小额信贷', 'Microloan'],
  industry_support: ['产业帮扶', 'Industry support'],
  prevention_insurance: ['防贫综合保险', 'Prevention insurance'],
  other: ['其他政策', 'Other policy'],
  all: ['全部（按户主）', 'All (by head)'],
} as const
export const listedValue = vocabulary(LISTS)

export const LISTABLE: Record<NonNullable<PayoutStandard['listed_by']>, readonly (keyof typeof LISTS)[]> = {
  schooling: ['preschool', 'primary', 'junior', 'senior', 'vocational', 'higher'],
  employment: ['local_job', 'migrant_job', 'welfare_post', 'own_business'],
  benefit: ['subsistence_allowance', 'destitute_support', 'medical_aid', 'education_aid', 'welfare_post', 'microloan', 'industry_support', 'prevention_insurance', 'other'],
  status: ['all'],
}

export const eventAct = vocabulary({
  begun: ['新建批次', 'Begun'],
  listed: ['从档案提取名单', 'Taken from the register'],
  imported: ['导入名单', 'Sheet imported'],
  corrected: ['更正', 'Corrected'],
  keep: ['放行疑点', 'Let pass'],
  exclude: ['剔除', 'Left out'],
  restore: ['恢复', 'Taken back in'],
  give_up: ['不再补发', 'Given up'],
  submitted: ['提交审核', 'Submitted'],
  approved: ['审核通过', 'Approved'],
  returned: ['退回', 'Sent back'],
  sent: ['生成银行文件', 'Bank file made'],
  settled: ['回盘：到账', 'Bank: paid'],
  failed: ['回盘：退回', 'Bank: sent back'],
  dropped: ['作废', 'Dropped'],
})

const TONES: Record<LineState, Tone> = { listed: 'plain', excluded: 'plain', ready: 'gold', sent: 'gold', paid: 'pine', failed: 'red', given_up: 'plain' }

export function toneOfLine(state: LineState): Tone {
  return TONES[state]
}

/** Where a list stands, in the words of whoever has to act next. */
export function standing(batch: Pick<PayoutBatchDetail, 'state' | 'run_state' | 'failed_lines'>): { label: string; tone: Tone } {
  if (batch.state === 'running' && batch.run_state && batch.run_state !== 'settled') return { label: runState.label(batch.run_state), tone: 'gold' }
  if (batch.state === 'running' && batch.failed_lines) return { label: lineState.label('failed'), tone: 'orange' }
  return { label: batchState.label(batch.state), tone: batch.state === 'finished' ? 'pine' : 'plain' }
}

export type Act = 'submission' | 'approval' | 'return' | 'sending' | 'answer' | 'dropping'

/** What a person may do with a list now; the service decides again. */
export function actsOf(batch: PayoutBatchDetail, may: (permission: string) => boolean): Act[] {
  const run = batch.runs[0]
  const open = run && ['submitted', 'approved', 'sent'].includes(run.state)
  const acts: Act[] = []
  if (may('funds.payouts:write')) {
    if (batch.state === 'draft' && batch.lines > 0) acts.push('submission')
    if (batch.state === 'running' && !open && batch.failed_lines > 0) acts.push('submission')
    if (batch.state === 'draft') acts.push('dropping')
  }
  if (run && may('funds.payouts:approve')) {
    if (run.state === 'submitted') acts.push('approval')
    if (run.state === 'submitted' || run.state === 'approved') acts.push('return')
  }
  if (run && may('funds.payouts:pay')) {
    if (run.state === 'approved') acts.push('sending')
    if (run.state === 'sent') acts.push('answer')
  }
  return acts
}
