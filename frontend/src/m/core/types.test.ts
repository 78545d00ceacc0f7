// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { someHousehold } from '../testing'
import { toPack, type WirePack } from './types'

const card = someHousehold()
const other = '019ab000-0000-7000-8000-000000000099'

function wire(more: Partial<WirePack>): WirePack {
  return { village: { code: '431081101201', name: '清江村', township_name: '清江镇' }, generated_at: '', households: [card], truncated: false, ...more }
}
const item = { household_no: '0099', group_name: null, head_name: '李四', done: false }

describe('toPack', () => {
  it('hangs what is due on the household that it is due at', () => {
    const pack = toPack(wire({ look_backs_due: [{ id: 'l1', household_id: card.id, seq: 1, due_on: '2026-11-30' }] }))
    expect(pack.households[0]!.look_back).toEqual({ id: 'l1', seq: 1, due_on: '2026-11-30' })
  })

  it('keeps a household that is only here to be swept, until it is done', () => {
    const round = { round_id: 's1', title: '下半年排查', ends_on: '2026-12-20' }
    const open = toPack(wire({ sweeps: [{ ...round, items: [{ household_id: other, ...item }] }] }))
    expect(open.households.map(({ id, bare }) => [id, bare ?? false])).toEqual([[card.id, false], [other, true]])
    const done = toPack(wire({ sweeps: [{ ...round, items: [{ household_id: other, ...item, done: true }] }] }))
    expect(done.households).toHaveLength(1)
  })

  it('sweeps a household of two rounds for the one that ends first', () => {
    const items = [{ household_id: card.id, ...item }]
    const pack = toPack(wire({ sweeps: [{ round_id: 'late', title: '', ends_on: '2026-12-20', items }, { round_id: 'soon', title: '', ends_on: '2026-11-30', items }] }))
    expect(pack.households[0]!.sweep?.id).toBe('soon')
  })

  it('takes a pack of a server that knows neither look-backs nor sweeps', () => {
    expect(toPack(wire({})).households[0]!.sweep).toBeUndefined()
  })
})
