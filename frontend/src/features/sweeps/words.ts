import { vocabulary } from '@/shared/i18n'

export const itemState = vocabulary({
  open: ['待排查', 'To do'],
  done: ['已排查', 'Done'],
  excused: ['未能排查', 'Excused'],
})

export const issueState = vocabulary({
  overdue: ['已超期', 'Overdue'],
  open: ['待整改', 'Open'],
  struck_off: ['已销号', 'Struck off'],
})

export const problemKind = vocabulary({
  income: ['收入', 'Income'],
  food: ['吃饭', 'Food'],
  clothing: ['穿衣', 'Clothing'],
  education: ['义务教育', 'Education'],
  medical: ['基本医疗', 'Medical care'],
  dwelling: ['住房安全', 'Dwelling'],
  water: ['饮水安全', 'Water'],
  employment: ['就业', 'Employment'],
  industry: ['产业', 'Industry'],
  policy: ['政策落实', 'Policy'],
  disaster: ['灾害事故', 'Disaster or accident'],
  data: ['信息不准', 'Wrong data'],
  other: ['其他', 'Other'],
})

export const roundState = vocabulary({ open: ['进行中', 'Open'], closed: ['已结束', 'Closed'] })
