import { describe, expect, it } from 'vitest'
import { actionName, particulars } from './words'

describe('an audit entry in words', () => {
  it('names the act', () => {
    expect(actionName('funds', 'transfer.reversal')).toBe('撤销资金安排')
    expect(actionName('gateway', 'session.refused')).toBe('登录未成功')
    expect(actionName('funds', 'payout.sent')).toBe('补贴发放：报送银行')
    expect(actionName('assets', 'asset.unheard_of')).toBe('资产：unheard_of')
    expect(actionName('assets', 'unheard')).toBe('unheard')
  })

  it('names the changed fields once each', () => {
    expect(particulars({ action: 'household.corrected', detail: { fields: ['address', 'members.address', 'phone'] } })).toEqual(['改动：住址、联系电话'])
    expect(particulars({ action: 'village.correct', detail: { version: 3, fields: ['types', 'published_population'] } })).toEqual(['改动：村类型、公布的农村人口'])
  })

  it('says which number was shown and why', () => {
    expect(particulars({ action: 'household.reveal', detail: { member_id: 'x', field: 'id_number', reason: '核对账户' } })).toEqual(['查看：身份证号', '理由：核对账户'])
  })

  it('gives the exact amount of a transfer', () => {
    expect(particulars({ action: 'transfer.allocation', detail: { seq: 37, amount: '693000.00' } })).toEqual(['693,000.00 元', '第 37 号流水'])
  })

  it('says from what to what a duty changed', () => {
    expect(particulars({ action: 'user.changed', detail: { fields: ['role'], from: ['bureau', '431081'], to: ['finance', '431081'] } })).toEqual(['改动：岗位', '业务主管部门 431081 → 财政资金 431081'])
  })
})
