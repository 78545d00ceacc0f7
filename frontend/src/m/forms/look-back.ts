import { phrases } from '@/shared/i18n'
import { wellFormed } from '@/shared/canonical'
import { commonBody, commonForm, type Faults, type FormDefinition, NOTE_LENGTH, timeFault } from '../core/form'
import { type BaseForm, GUARANTEES, type Guarantee, type RecordBody, type Risk } from '../core/types'
import { prefilled } from '../core/visit'
import { faultWord } from '../words'
import { knownLines } from './known'
import { baseLines, guaranteeLine, riskLine } from './lines'
import LookBackFields from './LookBackFields.vue'

/** 回头看: does a household whose risk was eliminated still stand? */
export interface LookBackForm extends BaseForm {
  income_stable: boolean
  income_note: string
  guarantees_ok: Record<Guarantee, boolean>
  /** Those that have come back. */
  risks: Risk[]
  note: string
}

const t = phrases({
  title: ['回头看', 'Look back'],
  question: ['消除风险后，现在稳定吗？', 'Has it stayed stable since?'],
  stable: ['稳定，没有新风险', 'Stable, no new risk'],
  unstable: ['有情况，逐项登记', 'Something is wrong'],
  result: ['结论', 'Outcome'],
  ok: ['稳定', 'Stable'],
  returned: ['风险复发', 'A risk is back'],
  income: ['收入', 'Income'],
  income_ok: ['稳定', 'Stable'],
  note: ['情况说明', 'Notes'],
  risk_missing: ['有不稳定的情况，请选出复发的风险点', 'Choose the risk that has come back'],
})

function returned(form: LookBackForm): boolean {
  return form.risks.length > 0 || GUARANTEES.some((each) => !form.guarantees_ok[each])
}

const definition: FormDefinition<LookBackForm> = {
  kind: 'look_back',
  title: () => t('title'),
  ask: { question: () => t('question'), known: knownLines, unchanged: () => t('stable'), changed: () => t('unstable') },
  prefilled: (household, now) => {
    const all = Object.fromEntries(GUARANTEES.map((each) => [each, true])) as Record<Guarantee, boolean>
    return { ...prefilled(household, now), income_stable: true, guarantees_ok: all, risks: [] }
  },
  faults(form, _household, now) {
    const found: Faults = {}
    const when = timeFault(form.visited_at, now)
    if (when) found.visited_at = faultWord(when)
    if (!form.income_stable && form.income_note.trim() === '') found.income_note = faultWord('income_note_missing')
    if (returned(form) && form.risks.length === 0) found.risks = t('risk_missing')
    if (form.income_note.length > NOTE_LENGTH) found.income_note = faultWord('too_long')
    if (form.note.length > NOTE_LENGTH) found.note = faultWord('too_long')
    return found
  },
  body: (form, _household, clock) => ({
    ...commonBody(form, clock),
    form_version: 1,
    outcome: returned(form) ? 'risk_returned' : 'ok',
    findings: {
      income_stable: form.income_stable,
      income_note: form.income_stable ? '' : wellFormed(form.income_note.trim()),
      guarantees_ok: { ...form.guarantees_ok },
      risks: [...form.risks].sort(),
      note: wellFormed(form.note.trim()),
    },
  }),
  formOf: (body) => ({ ...commonForm(body), ...(body.findings as Omit<LookBackForm, keyof BaseForm>) }),
  taskOf: (household) => household.look_back?.id ?? '',
  theirs: (id, task) => ({
    path: `/api/monitoring/look-backs/${task}`,
    read: (json) => (json as { records: (RecordBody & { id: string })[] }).records.find((each) => each.id === id) ?? null,
  }),
  lines: (form) => [
    [t('result'), returned(form) ? t('returned') : t('ok')],
    guaranteeLine(form.guarantees_ok),
    [t('income'), form.income_stable ? t('income_ok') : form.income_note],
    riskLine(form.risks),
    [t('note'), form.note],
    ...baseLines(form),
  ],
  fields: LookBackFields,
}

export default definition
