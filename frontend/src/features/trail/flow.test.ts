import { describe, expect, it } from 'vitest'
import type { MoneyTrail } from '@/api/types'
import { fromYuan, sum } from '@/shared/money'
import { flowOf } from './flow'

function trail(allocations: number, paymentsEach: number): MoneyTrail {
  const rows = Array.from({ length: allocations }, (_, n) => ({ id: `a${n}`, region_code: '431081106', region_name: null, purpose: 'other' as const, title: `事项${n}`, amount: '100.00', status: 'allocated' as const, document_id: 'd' }))
  const payments = rows.flatMap((row, n) =>
    Array.from({ length: paymentsEach }, (_, k) => ({ id: `${row.id}p${k}`, allocation_id: row.id, payee: `收款方${(n * paymentsEach + k) % 60}`, amount: '10.00', status: 'paid' as const, paid_at: null })),
  )
  return {
    pool: null,
    document: { id: 'd', number: '1号', title: '', received_on: '2026-01-01', direct: false, amount: '99999.00', current: '99999.00' },
    allocations: rows,
    payments,
    payouts: [],
    sums: [],
    more: false,
  }
}

describe('the flow of a trail', () => {
  it.each([[0, 0], [1, 1], [16, 3], [500, 5]])('of %i allocations has at most 40 nodes and no link without both ends', (allocations, payments) => {
    const { nodes, links } = flowOf(trail(allocations, payments), 'document')
    expect(nodes.length).toBeLessThanOrEqual(40)
    const ids = new Set(nodes.map((node) => node.id))
    expect(ids.size).toBe(nodes.length)
    for (const link of links) expect(ids.has(link.source) && ids.has(link.target) && link.amount > 0n).toBe(true)
  })

  it('loses no fen at any level', () => {
    const { nodes, links } = flowOf(trail(100, 3), 'document')
    const into = (depth: number): bigint => sum(links.filter((link) => nodes.find((node) => node.id === link.target)?.depth === depth).map((link) => link.amount))
    expect(into(2)).toBe(fromYuan('10000.00'))
    expect(into(3)).toBe(fromYuan('10000.00'))
    expect(into(1)).toBe(fromYuan('99999.00'))
  })

  it('leaves out what was taken back and what is only requested', () => {
    const given = trail(2, 1)
    given.allocations[0]!.status = 'reversed'
    given.payments[1]!.status = 'requested'
    const { nodes } = flowOf(given, 'document')
    expect(nodes.map((node) => node.id)).toEqual(['document', 'pool', 'a:a1', 'rest', 'waiting'])
  })
})
