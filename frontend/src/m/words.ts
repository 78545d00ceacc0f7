/** Words shared by the screens of the phone. */
import { phrases, vocabulary } from '@/shared/i18n'

export const kindWord = vocabulary({
  visit: ['走访', 'Visit'],
  look_back: ['回头看', 'Look-back'],
  sweep: ['排查', 'Sweep'],
  verification: ['入户核实', 'Verification'],
  application: ['申请监测', 'Application'],
  registration: ['登记新户', 'Registration'],
})

export const stateWord = vocabulary({
  draft: ['草稿', 'Draft'],
  queued: ['待上传', 'Waiting to be sent'],
  sending: ['上传中', 'Being sent'],
  photos: ['已受理，传照片', 'Accepted, sending photos'],
  accepted: ['已受理', 'Accepted'],
  needs_changes: ['需修改', 'Needs changes'],
  conflict: ['冲突', 'Conflict'],
  quarantined: ['隔离', 'Set aside'],
})

export const common = phrases({
  back: ['返回', 'Back'],
  cancel: ['取消', 'Cancel'],
  retry: ['再试一次', 'Try again'],
  today: ['待办', 'To do'],
  roster: ['名单', 'Households'],
  records: ['我的记录', 'My records'],
  settings: ['设置', 'Settings'],
  lifted: ['脱贫户', 'Lifted'],
  monitored: ['监测户', 'Monitored'],
  people: ['{n} 人', '{n} people'],
  photos: ['照片 {sent}/{total}', 'Photos {sent}/{total}'],
})

/** What stopped the phone from writing. */
export const saveWord = phrases({
  no_space: ['手机空间不足，没有保存成功。内容还在本页，请清理手机空间后再点一次保存。', 'The phone is full and nothing was saved. What you wrote is still here: free some space and save again.'],
  not_saved: ['没有保存成功，请再点一次。内容还在本页。', 'Not saved. What you wrote is still here: please try again.'],
})

/** What a person has to mend in a form, said at the top and beside the field in the same words. */
export const faultWord = phrases({
  visit_in_future: ['走访时间不能晚于现在', 'The visit cannot be in the future'],
  visit_too_old: ['走访时间早于一年前，请核对', 'The visit is more than a year ago; please check'],
  income_note_missing: ['请写明收入怎么变了', 'Say how the income changed'],
  guarantee_note_missing: ['请在“情况说明”里写明哪里没有保障', 'Describe under Notes what is not met'],
  too_long: ['文字太长，请控制在 500 字以内', 'Too long: 500 characters at most'],
})
