import { phrases } from '@/shared/i18n'
import { wellFormed } from '@/shared/canonical'
import { commonBody, commonForm, type Faults, type FormDefinition, timeFault } from '../core/form'
import { type BaseForm, type RecordBody, type Risk } from '../core/types'
import { faultWord } from '../words'
import { baseLines, riskLine } from './lines'
import ApplicationFields from './ApplicationFields.vue'

/** 代户申请: a cadre applies for a household to be monitored. */
export interface ApplicationForm extends BaseForm {
  difficulty: string
  risks: Risk[]
}

const t = phrases({
  title: ['申请纳入监测', 'Apply for monitoring'],
  difficulty: ['困难情况', 'Difficulty'],
  difficulty_missing: ['请写明这户的困难情况', 'Describe the difficulty'],
  keep: ['作为补充材料，附到在办的案卷', 'Add mine to the open case'],
  risk_missing: ['请至少选一个风险点', 'Choose one risk at least'],
})

const definition: FormDefinition<ApplicationForm> = {
  kind: 'application',
  title: () => t('title'),
  prefilled: (_household, now) => ({ visited_at: now, location: null, photos: [], difficulty: '', risks: [] }),
  faults(form, _household, now) {
    const found: Faults = {}
    if (form.risks.length === 0) found.risks = t('risk_missing')
    if (form.difficulty.trim().length < 2) found.difficulty = t('difficulty_missing')
    const when = timeFault(form.visited_at, now)
    if (when) found.visited_at = faultWord(when)
    return found
  },
  body: (form, household, clock) => ({
    ...commonBody(form, clock),
    form_version: 1,
    household_id: household.id,
    supplement: false,
    difficulty: wellFormed(form.difficulty.trim()),
    risks: [...form.risks].sort(),
  }),
  formOf: (body) => ({ ...commonForm(body), difficulty: String(body.difficulty), risks: body.risks as Risk[] }),
  insteadOfBoth: { label: () => t('keep'), body: (body) => ({ ...body, supplement: true }) },
  // The case that it opened bears its id.
  theirs: (id) => ({ path: `/api/monitoring/cases/${id}`, read: (json) => ({ ...(json as RecordBody), visited_at: (json as RecordBody).opened_at ?? null, photos: [], location: null }) }),
  lines: (form) => [[t('difficulty'), form.difficulty], riskLine(form.risks), ...baseLines(form)],
  fields: ApplicationFields,
}

export default definition
