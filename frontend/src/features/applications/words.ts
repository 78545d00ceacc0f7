import { vocabulary } from '@/shared/i18n'

export const applicationState = vocabulary({
  to_check: ['待核对', 'To be checked'],
  accepted: ['已受理', 'Accepted'],
  refused: ['不予受理', 'Refused'],
  withdrawn: ['已撤回', 'Withdrawn'],
})

export const noticeObjectionState = vocabulary({
  open: ['待答复', 'Open'],
  upheld: ['成立', 'Upheld'],
  rejected: ['不成立', 'Rejected'],
})

export const objectionService = vocabulary({
  monitoring: ['监测对象公示', 'Monitoring'],
  assets: ['资产公告', 'Assets'],
  funds: ['资金公告', 'Funds'],
})

export const ground = vocabulary({
  id_number: ['身份证号相同', 'Same ID number'],
  name: ['同乡镇同名户主', 'Same name in the township'],
})
