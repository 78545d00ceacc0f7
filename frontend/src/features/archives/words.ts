import { vocabulary } from '@/shared/i18n'

export const caseKind = vocabulary({
  identification: ['识别纳入', 'Identification'],
  elimination: ['风险消除', 'Elimination'],
  natural_elimination: ['自然消除', 'Natural elimination'],
})

export const caseState = vocabulary({
  application: ['提交申请', 'Application'],
  home_verification: ['入户核实', 'Home verification'],
  village_review: ['村级评议', 'Village review'],
  notice: ['公示', 'Notice'],
  township_review: ['乡镇审核', 'Township review'],
  county_determination: ['县级比对审定', 'County determination'],
  monitored: ['已纳入监测', 'Monitored'],
  eliminated: ['风险已消除', 'Eliminated'],
  refused: ['不予认定', 'Refused'],
  withdrawn: ['已撤回', 'Withdrawn'],
  rolled_back: ['已回退', 'Rolled back'],
  remarked: ['再次标注风险', 'Marked again'],
})
