// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { nextTick } from 'vue'
import { Problem } from '../problem'
import ConflictDialog from './ConflictDialog.vue'
import DataTable from './DataTable.vue'
import ErrorSummary from './ErrorSummary.vue'
import FilterChip from './FilterChip.vue'
import IndustryCard from './IndustryCard.vue'
import Money from './Money.vue'
import MoneyInput from './MoneyInput.vue'

const global = { stubs: { RouterLink: { template: '<a><slot /></a>' } } }

describe('Money', () => {
  it('shows 万元 and tells the exact yuan on hover', () => {
    const money = mount(Money, { props: { amount: '1365500.05' } })
    expect(money.text()).toBe('136.55')
    expect(money.attributes('title')).toBe('1,365,500.05 元')
  })

  it('shows a dash when there is no amount', () => {
    expect(mount(Money, { props: { amount: null } }).text()).toBe('—')
  })
})

describe('MoneyInput', () => {
  it('gives whole fen and echoes the exact yuan', async () => {
    const input = mount(MoneyInput, { props: { modelValue: null, 'onUpdate:modelValue': (fen: bigint | null) => input.setProps({ modelValue: fen }) } })
    await input.find('input').setValue('125.5')
    expect(input.props('modelValue')).toBe(125_500_000n)
    expect(input.text()).toContain('= 1,255,000.00 元')
  })

  it('gives nothing and says so when it is not an amount', async () => {
    const input = mount(MoneyInput, { props: { modelValue: 1n, 'onUpdate:modelValue': (fen: bigint | null) => input.setProps({ modelValue: fen }) } })
    await input.find('input').setValue('一百')
    expect(input.props('modelValue')).toBeNull()
    expect(input.text()).toContain('金额写法不对')
  })
})

describe('IndustryCard', () => {
  const pool = { received: 10_000_000_000n, allocatedIndustry: 5_000_000_000n, allocatedOther: 4_000_000_000n, floorBp: 5500 }

  it('shows share, numerator, denominator and the distance to the red line', () => {
    const card = mount(IndustryCard, { props: { pool, title: '中央' } })
    expect(card.find('[data-figure=industry-share]').text()).toBe('55.55%')
    expect(card.text()).toContain('5,000.00 ÷')
    expect(card.find('[data-figure=headroom-other]').text()).toContain('500.00')
    expect(card.text()).toContain('红线 55%')
  })

  it('moves with a draft and names the exact shortfall beyond the line', async () => {
    const card = mount(IndustryCard, { props: { pool, title: '中央', draft: [{ industry: false, amount: 500_000_000n }] } })
    expect(card.text()).toContain('已到红线')
    await card.setProps({ draft: [{ industry: false, amount: 623_456_700n }] })
    expect(card.text()).toContain('突破红线')
    expect(card.find('[data-figure=shortfall]').text()).toContain('123.46')
    expect(card.text()).toContain('1,234,567.00 元')
  })

  it('says the state to those who cannot see the bar', () => {
    const bar = mount(IndustryCard, { props: { pool, title: '中央' } }).find('[role=img]')
    expect(bar.attributes('aria-label')).toContain('到账 100,000,000.00 元')
  })
})

describe('DataTable', () => {
  const columns = [{ key: 'name', label: '姓名', main: true }, { key: 'people', label: '人口', unit: '人', number: true }]
  const base = { columns, rowKey: (row: object) => JSON.stringify(row), caption: '农户', emptyTitle: '没有农户' }

  it('puts the unit in the header and a dash for nothing', () => {
    const table = mount(DataTable, { props: { ...base, rows: [{ name: '李明', people: null }] }, global })
    expect(table.find('thead').text()).toContain('(人)')
    expect(table.find('td.number').text()).toBe('—')
  })

  it('says what to do when it is empty', () => {
    expect(mount(DataTable, { props: { ...base, rows: [], emptyHint: '去掉筛选' }, global }).text()).toContain('去掉筛选')
  })

  it('says why it could not load and offers to try again', async () => {
    const table = mount(DataTable, { props: { ...base, rows: null, problem: new Problem(503, 'unavailable', '服务暂停', '') }, global })
    expect(table.text()).toContain('服务暂停')
    await table.find('button').trigger('click')
    expect(table.emitted('retry')).toHaveLength(1)
  })

  it('shows a capped total as more than', () => {
    expect(mount(DataTable, { props: { ...base, rows: [{ name: 'a' }], total: 10_000, totalCapped: true }, global }).text()).toContain('10,000+')
  })

  it('turns the page by the cursor it was given', async () => {
    const table = mount(DataTable, { props: { ...base, rows: [{ name: 'a' }], next: 'c1' }, global })
    await table.find('.pager button').trigger('click')
    expect(table.emitted('next')).toEqual([['c1']])
  })
})

describe('FilterChip', () => {
  const props = { label: '风险', modelValue: '', options: [{ value: 'illness', label: '因病' }, { value: 'water', label: '饮水' }] }

  it('offers its options and reports the choice', async () => {
    const chip = mount(FilterChip, { props })
    await chip.find('.main').trigger('click')
    await chip.findAll('[role=option]')[1]!.trigger('click')
    expect(chip.emitted('update:modelValue')).toEqual([['water']])
  })

  it('says what it holds and lets go', async () => {
    const chip = mount(FilterChip, { props: { ...props, modelValue: 'illness' } })
    expect(chip.text()).toContain('因病')
    await chip.find('.remove').trigger('click')
    expect(chip.emitted('update:modelValue')).toEqual([['']])
  })

  it('closes on Escape', async () => {
    const chip = mount(FilterChip, { props, attachTo: document.body })
    await chip.find('.main').trigger('click')
    document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }))
    await nextTick()
    expect(chip.find('[role=listbox]').exists()).toBe(false)
    chip.unmount()
  })
})

describe('ErrorSummary', () => {
  it('links each line to its field, and can be focused', async () => {
    const summary = mount(ErrorSummary, { props: { lines: [{ field: 'amount', message: '请填写金额' }, { field: null, message: '户编号已存在' }] }, attachTo: document.body })
    expect(summary.find('a').attributes('href')).toBe('#field-amount')
    expect(summary.find('#error-summary').attributes('tabindex')).toBe('-1')
    expect(summary.text()).toContain('户编号已存在')
    summary.unmount()
  })
})

describe('ConflictDialog', () => {
  it('shows both values and keeps the present one unless told otherwise', async () => {
    const dialog = mount(ConflictDialog, {
      props: { lines: [{ field: 'address', label: '住址', mine: '二组', theirs: '三组' }, { field: 'group', label: '组', mine: '甲', theirs: '乙' }] },
      global: { stubs: { ElDialog: { template: '<div><slot /><slot name="footer" /></div>' } } },
    })
    expect(dialog.text()).toContain('二组')
    expect(dialog.text()).toContain('三组')
    await dialog.find('input[name=address][value=mine]').setValue()
    await dialog.findAll('button').at(-1)!.trigger('click')
    expect(dialog.emitted('decide')).toEqual([[['address']]])
  })
})
