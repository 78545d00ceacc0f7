import { describe, expect, it } from 'vitest'
import type { Allocation } from '@/api/types'
import { checkPayment, emptyPayment, leftOf, paymentBody, type PaymentValues } from './payment-form'
import { offersOf } from './words'

const allocation = { amount: '30000.00', committed: '12345.67' } as Allocation

function filled(changes: Partial<PaymentValues> = {}): PaymentValues {
  return { ...emptyPayment('a'), amount: 100n, payee: '某公司', bank: '农商行', account_number: '6222 0212-3456', evidence_number: '1', evidence: '验收合格', ...changes }
}

describe('a request', () => {
  it('may take the allocation to the last fen and not one more', () => {
    expect(leftOf(allocation)).toBe(1_765_433n)
    expect(checkPayment(filled({ amount: 1_765_433n }), allocation)).toEqual({})
    expect(checkPayment(filled({ amount: 1_765_434n }), allocation).amount).toContain('0.01 元')
  })

  it('wants number and amount of a contract together', () => {
    expect(Object.keys(checkPayment(filled({ contract_number: '合1' }), allocation))).toEqual(['contract_amount'])
    expect(Object.keys(checkPayment(filled({ contract_amount: 5n }), allocation))).toEqual(['contract_number'])
  })

  it('names every empty field', () => {
    expect(Object.keys(checkPayment(emptyPayment(''), null))).toEqual(['allocation_id', 'amount', 'payee', 'bank', 'account_number', 'evidence_number', 'evidence'])
  })

  it('sends yuan, digits and no empty contract', () => {
    expect(paymentBody(filled())).toMatchObject({ amount: '1.00', account_number: '622202123456', contract_number: null, contract_amount: null })
  })
})

describe('what is offered', () => {
  const all = (): boolean => true

  it('marks the steps that are not for the maker, who alone may withdraw', () => {
    expect(offersOf({ status: 'requested', created_by: 'me' }, 'me', all)).toEqual([{ act: 'approval', own: true }, { act: 'return', own: true }, { act: 'withdrawal', own: false }])
    expect(offersOf({ status: 'requested', created_by: 'other' }, 'me', all)).toEqual([{ act: 'approval', own: false }, { act: 'return', own: false }])
  })

  it('lets the maker pay what somebody else approved', () => {
    expect(offersOf({ status: 'approved', created_by: 'me' }, 'me', all)).toContainEqual({ act: 'payment', own: false })
  })

  it('offers nothing after the end or without permission', () => {
    expect(offersOf({ status: 'refunded', created_by: 'x' }, 'me', all)).toEqual([])
    expect(offersOf({ status: 'requested', created_by: 'x' }, 'me', () => false)).toEqual([])
  })
})
