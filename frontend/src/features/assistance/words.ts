/** Words of assistance plans, look-backs and sweeps. */
import { vocabulary } from '@/shared/i18n'
import type { Tone } from '@/shared/ui/Tag.vue'

export const measureType = vocabulary({
  industry: ['产业帮扶', 'Industry'],
  consumption: ['消费帮扶', 'Consumption'],
  employment: ['就业帮扶', 'Employment'],
  health: ['健康帮扶', 'Health'],
  education: ['教育帮扶', 'Education'],
  social_security: ['兜底保障', 'Social security'],
  housing: ['住房安全', 'Housing'],
  water: ['饮水安全', 'Water'],
  motivation: ['扶志扶智', 'Motivation'],
})

export const planState = vocabulary({
  draft: ['制定中', 'Draft'],
  overdue: ['已超期', 'Overdue'],
  confirmed: ['已确定', 'Confirmed'],
  backstop_missing: ['缺兜底保障', 'No backstop'],
  closed: ['已结束', 'Ended'],
})

export const measureState = vocabulary({
  planned: ['待落实', 'To deliver'],
  overdue: ['已超期', 'Overdue'],
  delivered: ['已落实', 'Delivered'],
  cancelled: ['已取消', 'Cancelled'],
})

export const URGENCY: Record<'overdue' | 'due_soon' | 'in_time', Tone> = { overdue: 'red', due_soon: 'orange', in_time: 'plain' }
