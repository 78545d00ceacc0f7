/** Words shared by the screens of the phone. */
import { phrases, vocabulary } from '@/shared/i18n'

export const stateWord = vocabulary({
  draft: ['草稿', 'Draft'],
  queued: ['待上传', 'Waiting to be sent'],
  sending: ['上传中', 'Being sent'],
  accepted: ['已受理', 'Accepted'],
  needs_changes: ['需修改', 'Needs changes'],
  conflict: ['冲突', 'Conflict'],
  quarantined: ['隔离', 'Set aside'],
})

export const common = phrases({
  back: ['返回', 'Back'],
  cancel: ['取消', 'Cancel'],
  retry: ['再试一次', 'Try again'],
  roster: ['名单', 'Households'],
  records: ['我的记录', 'My records'],
  settings: ['设置', 'Settings'],
  lifted: ['脱贫户', 'Lifted'],
  monitored: ['监测户', 'Monitored'],
  people: ['{n} 人', '{n} people'],
})

/** What a person has to mend in a visit, said at the top and beside the field in the same words. */
export const faultWord = phrases({
  visit_in_future: ['走访时间不能晚于现在', 'The visit cannot be in the future'],
  visit_too_old: ['走访时间早于一年前，请核对', 'The visit is more than a year ago; please check'],
  income_note_missing: ['请写明收入怎么变了', 'Say how the income changed'],
  guarantee_note_missing: ['请在“情况说明”里写明哪里没有保障', 'Describe under Notes what is not met'],
  too_long: ['文字太长，请控制在 500 字以内', 'Too long: 500 characters at most'],
})
