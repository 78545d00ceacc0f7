/** A clue as it is typed. */
import type { ClueRow, ClueWrite } from '@/api/types'
import type { ChosenFile } from '@/shared/files'
import type { Messages } from '@/shared/form'
import { phrases } from '@/shared/i18n'
import { uuid7 } from '@/shared/ids'
import { toYuan, type Fen } from '@/shared/money'

const t = phrases({
  title: ['请概括问题，至少 2 个字', 'Name the problem'],
  description: ['请描述问题，至少 5 个字', 'Describe it'],
  unit: ['请填写责任单位', 'Name the responsible unit'],
  amount: ['请填写涉及金额，不涉及资金的填 0', 'Enter the amount, 0 when none'],
  found: ['请填写发现日期', 'When was it found'],
  deadline: ['请填写整改期限', 'Enter the deadline'],
  order: ['整改期限不能早于发现日期', 'The deadline lies before it was found'],
})

export interface ClueValues {
  id: string
  source: ClueRow['source']
  title: string
  description: string
  amount: Fen | null
  responsible_unit: string
  found_on: string
  deadline: string
  files: ChosenFile[]
}

export function emptyClue(today: string): ClueValues {
  return { id: uuid7(), source: 'audit', title: '', description: '', amount: null, responsible_unit: '', found_on: today, deadline: '', files: [] }
}

export function checkClue(values: ClueValues): Messages {
  const errors: Messages = {}
  if (values.title.trim().length < 2) errors.title = t('title')
  if (values.description.trim().length < 5) errors.description = t('description')
  if (values.responsible_unit.trim().length < 2) errors.responsible_unit = t('unit')
  if (values.amount === null || values.amount < 0n) errors.amount = t('amount')
  if (!values.found_on) errors.found_on = t('found')
  if (!values.deadline) errors.deadline = t('deadline')
  else if (values.deadline < values.found_on) errors.deadline = t('order')
  return errors
}

/** The request of checked values. */
export function clueBody(values: ClueValues, subject: { type: ClueRow['subject_type']; id: string }): ClueWrite {
  return {
    subject_type: subject.type,
    subject_id: subject.id,
    source: values.source,
    title: values.title.trim(),
    description: values.description.trim(),
    amount: toYuan(values.amount ?? 0n),
    responsible_unit: values.responsible_unit.trim(),
    found_on: values.found_on,
    deadline: values.deadline,
  }
}
