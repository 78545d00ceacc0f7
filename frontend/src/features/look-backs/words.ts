import { vocabulary } from '@/shared/i18n'

export const when = vocabulary({
  overdue: ['已超期', 'Overdue'],
  this_quarter: ['本季度', 'This quarter'],
  later: ['以后', 'Later'],
  done: ['已完成', 'Done'],
  stopped: ['已停止', 'Stopped'],
})

export const outcome = vocabulary({
  ok: ['稳定', 'Stable'],
  risk_returned: ['风险复发', 'Risk returned'],
})
