// @vitest-environment happy-dom
import { describe, expect, it, vi } from 'vitest'
import { useEdit } from './edit'
import { fieldId, useForm } from './form'
import { Problem } from './problem'

describe('a form', () => {
  it('does not send while something is wrong, and says what', async () => {
    const send = vi.fn()
    const form = useForm({ initial: { name: '' }, validate: ({ name }): Record<string, string> => (name ? {} : { name: '请填写姓名' }), send })
    await form.submit()
    expect(send).not.toHaveBeenCalled()
    expect(form.summary.value).toEqual([{ field: 'name', message: '请填写姓名' }])
  })

  it('sends once however often it is pressed', async () => {
    let finish = (): void => undefined
    const send = vi.fn(() => new Promise<void>((resolve) => { finish = resolve }))
    const form = useForm({ initial: {}, validate: () => ({}), send })
    const first = form.submit()
    await form.submit()
    finish()
    await first
    expect(send).toHaveBeenCalledTimes(1)
    expect(form.busy.value).toBe(false)
  })

  it('shows a refusal at its field', async () => {
    const refused = new Problem(422, 'validation_failed', '请核对', '', [{ path: 'body.amount', code: 'x', message: '金额过大' }])
    const form = useForm({ initial: {}, validate: () => ({}), send: () => Promise.reject(refused) })
    await form.submit()
    expect(form.errors.value).toEqual({ amount: '金额过大' })
  })

  it('shows a refusal without a field as a sentence', async () => {
    const form = useForm({ initial: {}, validate: () => ({}), send: () => Promise.reject(new Problem(409, 'taken', '户编号已存在', '')) })
    await form.submit()
    expect(form.summary.value).toEqual([{ field: null, message: '户编号已存在' }])
  })

  it('forgets a message once the field is touched', async () => {
    const form = useForm({ initial: {}, validate: () => ({ a: '一', b: '二' }), send: () => Promise.resolve() })
    await form.submit()
    form.clear('a')
    expect(form.errors.value).toEqual({ b: '二' })
  })

  it('gives fields ids that a link can name', () => {
    expect(fieldId('members.0.id_number')).toBe('field-members-0-id_number')
  })
})

describe('saving over a version', () => {
  interface Row { version: number; address: string; lifted: boolean }
  const asValues = ({ address, lifted }: Row) => ({ address, lifted })
  const lost = new Problem(412, 'version_mismatch', '', '')

  function edit(save: (changes: Partial<{ address: string; lifted: boolean }>, version: number) => Promise<Row>, latest: Row) {
    return useEdit({
      record: { version: 1, address: '一组', lifted: false },
      toValues: asValues,
      save,
      latest: () => Promise.resolve(latest),
      label: (field) => field,
      show: (_field, value) => String(value),
    })
  }

  it('sends only what differs, with the version it was read at', async () => {
    const save = vi.fn(() => Promise.resolve({ version: 2, address: '二组', lifted: false }))
    expect(await edit(save, { version: 1, address: '', lifted: false }).send({ address: '二组', lifted: false })).toBe(true)
    expect(save).toHaveBeenCalledWith({ address: '二组' }, 1)
  })

  it('sends nothing when nothing differs', async () => {
    const save = vi.fn()
    expect(await edit(save, { version: 1, address: '', lifted: false }).send({ address: '一组', lifted: false })).toBe(true)
    expect(save).not.toHaveBeenCalled()
  })

  it('shows both values after a lost update, then saves what was chosen over the newer version', async () => {
    const newer = { version: 5, address: '三组', lifted: true }
    const save = vi.fn().mockRejectedValueOnce(lost).mockResolvedValueOnce({ version: 6, address: '二组', lifted: true })
    const editing = edit(save, newer)
    expect(await editing.send({ address: '二组', lifted: false })).toBe(false)
    expect(editing.conflict.value).toEqual([{ field: 'address', label: 'address', mine: '二组', theirs: '三组' }])

    const merged = editing.decide({ address: '二组', lifted: false }, ['address'])
    expect(merged).toEqual({ address: '二组', lifted: true })
    expect(await editing.send(merged)).toBe(true)
    expect(save).toHaveBeenLastCalledWith({ address: '二组' }, 5)
  })
})
