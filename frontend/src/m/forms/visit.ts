import { phrases } from '@/shared/i18n'
import { type Faults, type FormDefinition, ownDoor } from '../core/form'
import { type VisitForm, faults, formOf, isUnchanged, prefilled, visitBody } from '../core/visit'
import { faultWord } from '../words'
import { knownLines } from './known'
import { baseLines, guaranteeLine, riskLine } from './lines'
import VisitFields from './VisitFields.vue'

const t = phrases({
  title: ['登记走访', 'Record a visit'],
  question: ['和已掌握的情况相比，有变化吗？', 'Has anything changed from what is known?'],
  unchanged: ['一切正常，没有变化', 'All as before'],
  changed_fill: ['有变化，逐项登记', 'Something changed'],
  result: ['结论', 'Outcome'],
  changed: ['有变化', 'Changed'],
  income: ['收入', 'Income'],
  same: ['没有变化', 'Unchanged'],
  note: ['情况说明', 'Notes'],
})

const definition: FormDefinition<VisitForm> = {
  kind: 'visit',
  title: () => t('title'),
  ask: { question: () => t('question'), known: knownLines, unchanged: () => t('unchanged'), changed: () => t('changed_fill') },
  prefilled,
  faults(form, household, now): Faults {
    return Object.fromEntries(Object.entries(faults(form, household, now)).map(([field, fault]) => [field, faultWord(fault)]))
  },
  body: (form, household, clock) => visitBody(form, household.id, clock),
  formOf,
  theirs: (id) => ownDoor(`/api/monitoring/visits/${id}`),
  lines: (form, household) => [
    [t('result'), household ? (isUnchanged(form, household) ? t('unchanged') : t('changed')) : ''],
    guaranteeLine(form.guarantees_ok),
    [t('income'), form.income_changed ? form.income_note : t('same')],
    riskLine(form.risks),
    [t('note'), form.note],
    ...baseLines(form),
  ],
  fields: VisitFields,
}

export default definition
