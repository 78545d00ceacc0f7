/** The words of payments (docs/domain.md): identifier → 中文, English. */
import type { Payment } from '@/api/types'
import { vocabulary } from '@/shared/i18n'
import type { Tone } from '@/shared/ui/Tag.vue'

export type PaymentStatus = Payment['status']
export type PaymentAct = 'approval' | 'return' | 'withdrawal' | 'payment' | 'refund'

export const paymentStatus = vocabulary({
  requested: ['待审', 'To be reviewed'],
  approved: ['待付', 'To be paid'],
  paid: ['已付', 'Paid'],
  refunded: ['已退', 'Refunded'],
  returned: ['退回', 'Returned'],
  withdrawn: ['已撤回', 'Withdrawn'],
})

export const paymentAct = vocabulary({
  approval: ['审核通过', 'Approve'],
  return: ['退回申请', 'Return'],
  withdrawal: ['撤回申请', 'Withdraw'],
  payment: ['支付', 'Pay'],
  refund: ['支付后收回', 'Refund'],
})

const TONES: Record<PaymentStatus, Tone> = { requested: 'gold', approved: 'orange', paid: 'pine', refunded: 'plain', returned: 'plain', withdrawn: 'plain' }

export function toneOf(status: PaymentStatus): Tone {
  return TONES[status]
}

interface Step {
  before: readonly PaymentStatus[]
  permission: string
  /** Not by whoever made the request. */
  byAnother: boolean
  /** Only by whoever made the request: not shown to others. */
  bySelf?: boolean
  needsReason: boolean
}

const STEPS: Record<PaymentAct, Step> = {
  approval: { before: ['requested'], permission: 'funds.payments:review', byAnother: true, needsReason: false },
  payment: { before: ['approved'], permission: 'funds.payments:pay', byAnother: false, needsReason: false },
  return: { before: ['requested', 'approved'], permission: 'funds.payments:review', byAnother: true, needsReason: true },
  withdrawal: { before: ['requested'], permission: 'funds.payments:write', byAnother: false, bySelf: true, needsReason: true },
  refund: { before: ['paid'], permission: 'funds.payments:pay', byAnother: false, needsReason: true },
}

export interface Offer {
  act: PaymentAct
  /** Theirs by permission, but they made the request: shown, not to be pressed. */
  own: boolean
}

export function needsReason(act: PaymentAct): boolean {
  return STEPS[act].needsReason
}

/** What a person may do to a payment now; the service decides again. */
export function offersOf(payment: Pick<Payment, 'status' | 'created_by'>, myId: string, may: (permission: string) => boolean): Offer[] {
  return (Object.keys(STEPS) as PaymentAct[])
    .filter((act) => STEPS[act].before.includes(payment.status) && may(STEPS[act].permission) && (!STEPS[act].bySelf || payment.created_by === myId))
    .map((act) => ({ act, own: STEPS[act].byAnother && payment.created_by === myId }))
}
