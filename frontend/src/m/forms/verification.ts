import { phrases } from '@/shared/i18n'
import { formatYuan, fromYuan, toYuan } from '@/shared/money'
import { wellFormed } from '@/shared/canonical'
import { shanghaiIso } from '../core/clock'
import { commonBody, commonForm, type Faults, type FormDefinition, NOTE_LENGTH, timeFault } from '../core/form'
import { type Amounts, type BaseForm, type Guarantee, type PackHousehold, type RecordBody, type Risk } from '../core/types'
import { prefilled } from '../core/visit'
import { faultWord } from '../words'
import { baseLines, guaranteeLine, riskLine } from './lines'
import VerificationFields from './VerificationFields.vue'

export const SOURCES = ['wage', 'business', 'property', 'transfer', 'rigid_expense'] as const
export type Source = (typeof SOURCES)[number]

/** 入户核实: the evidence for one step of a case, gathered where there may be no network. */
export interface VerificationForm extends BaseForm {
  /** As typed, yuan for the whole household in the case's window. */
  income: Amounts
  guarantees_ok: Record<Guarantee, boolean>
  risks: Risk[]
  signed_by: string
  opinion: string
  note: string
}

export const t = phrases({
  title: ['入户核实', 'Home verification'],
  wage: ['工资性收入（元）', 'Wages (yuan)'],
  business: ['生产经营净收入（元，亏损填负数）', 'Net business income (yuan, may be negative)'],
  property: ['财产性收入（元）', 'Property income (yuan)'],
  transfer: ['转移性收入（元）', 'Transfers (yuan)'],
  rigid_expense: ['刚性支出（元）', 'Rigid expense (yuan)'],
  amount: ['{name}：请填写元，最多两位小数', '{name}: yuan with two decimals at most'],
  income: ['家庭收入', 'Income'],
  sum: ['收入 {sum} 元，{people} 人，人均约 {each} 元', '{sum} yuan, {people} people, about {each} each'],
  signer: ['承诺授权书签字人', 'Consent signed by'],
  signer_missing: ['请填写签字人姓名', 'Enter who signed'],
  signature_missing: ['请家庭代表在承诺授权书下签名', 'The household’s signature is missing'],
  opinion: ['核实意见', 'Opinion'],
  opinion_missing: ['请填写核实意见', 'Enter your opinion'],
  true: ['情况属实', 'Confirmed'],
  note: ['情况说明', 'Notes'],
  keep: ['另编号留作补充材料', 'Keep mine as further evidence'],
})

const YUAN = /^\d{1,13}(\.\d{1,2})?$/

export function isAmount(source: Source, text: string): boolean {
  return YUAN.test(source === 'business' ? text.trim().replace(/^-/, '') : text.trim())
}

/** Net income of the household in fen; null while an amount is not one. */
export function netIncome(income: Amounts): bigint | null {
  if (!SOURCES.every((source) => isAmount(source, income[source]))) return null
  const fen = (source: Source) => fromYuan(income[source].trim())
  return fen('wage') + fen('business') + fen('property') + fen('transfer') - fen('rigid_expense')
}

export function incomeSentence(income: Amounts, people: number): string {
  const net = netIncome(income)
  if (net === null || people < 1) return ''
  return t('sum', { sum: formatYuan(net), people, each: formatYuan(net / BigInt(people)) })
}

function known(household: PackHousehold): Amounts {
  const year = household.income
  return Object.fromEntries(SOURCES.map((source) => [source, year?.[source] ?? '0'])) as Amounts
}

interface CaseShown {
  steps: { opinion: string; evidence: RecordBody | null }[]
}

/** The verification that the case already holds, as a body of ours. */
function verificationOf(json: unknown): RecordBody | null {
  const step = (json as CaseShown).steps.findLast(({ evidence }) => evidence?.form === 'home_verification')
  if (!step?.evidence) return null
  return { ...step.evidence, opinion: step.opinion, visited_at: `${String(step.evidence.visited_on)}T00:00:00+08:00`, photos: [] }
}

const definition: FormDefinition<VerificationForm> = {
  kind: 'verification',
  title: () => t('title'),
  prefilled(household, now) {
    const { visited_at, guarantees_ok, location, photos } = prefilled(household, now)
    const risks = household.open_case?.risks ?? household.risks
    return { visited_at, location, photos, guarantees_ok, risks: [...risks], income: known(household), signed_by: household.head_name, opinion: t('true'), note: '' }
  },
  faults(form, _household, now) {
    const found: Faults = {}
    for (const source of SOURCES) if (!isAmount(source, form.income[source])) found[source] = t('amount', { name: t(source) })
    if (form.signed_by.trim() === '') found.signed_by = t('signer_missing')
    if (!form.photos.some((photo) => photo.kind === 'signature')) found.signature = t('signature_missing')
    if (form.opinion.trim().length < 2) found.opinion = t('opinion_missing')
    if (form.note.length > NOTE_LENGTH) found.note = faultWord('too_long')
    const when = timeFault(form.visited_at, now)
    if (when) found.visited_at = faultWord(when)
    return found
  },
  body: (form, household, clock) => ({
    ...commonBody(form, clock),
    form_version: 1,
    household_id: household.id,
    case_id: household.open_case?.id ?? '',
    supplement: false,
    opinion: wellFormed(form.opinion.trim()),
    income: Object.fromEntries(SOURCES.map((source) => [source, toYuan(fromYuan(form.income[source].trim()))])),
    guarantees_ok: { ...form.guarantees_ok },
    risks: [...form.risks].sort(),
    consent: { signed_by: wellFormed(form.signed_by.trim()), signed_on: shanghaiIso(form.visited_at).slice(0, 10) },
    note: wellFormed(form.note.trim()),
  }),
  formOf: (body) => ({
    ...commonForm(body),
    income: body.income as Amounts,
    guarantees_ok: body.guarantees_ok as Record<Guarantee, boolean>,
    risks: body.risks as Risk[],
    signed_by: (body.consent as { signed_by: string }).signed_by,
    opinion: String(body.opinion),
    note: String(body.note ?? ''),
  }),
  taskOf: (household) => household.open_case?.id ?? '',
  theirs: (_id, task) => ({ path: `/api/monitoring/cases/${task}`, read: verificationOf }),
  insteadOfBoth: { label: () => t('keep'), body: (body: RecordBody) => ({ ...body, supplement: true }) },
  lines: (form, household) => [
    [t('income'), incomeSentence(form.income, household?.people ?? 0) || SOURCES.map((source) => form.income[source]).join(' / ')],
    guaranteeLine(form.guarantees_ok),
    riskLine(form.risks, household?.open_case?.risk_points),
    [t('signer'), form.signed_by],
    [t('opinion'), form.opinion],
    [t('note'), form.note],
    ...baseLines(form),
  ],
  fields: VerificationFields,
}

export default definition
