import { describe, expect, it } from 'vitest'
import { asProblem, messagesByField, Problem, toProblem } from './problem'

describe('a refusal of a service', () => {
  it('keeps code, words, field errors and everything else it says', () => {
    const problem = toProblem(422, {
      type: 'about:blank',
      status: 422,
      code: 'industry_floor_broken',
      title: '突破红线',
      detail: '须减少 123.45 元',
      errors: [{ path: 'body.amount', code: 'too_much', message: '金额过大' }],
      shortfall: '123.45',
      request_id: 'r-1',
    })
    expect(problem.code).toBe('industry_floor_broken')
    expect(problem.sentence).toBe('须减少 123.45 元')
    expect(problem.text('shortfall')).toBe('123.45')
    expect(problem.extra).toEqual({ shortfall: '123.45', request_id: 'r-1' })
    expect(messagesByField(problem)).toEqual({ amount: '金额过大' })
  })

  it('falls back on the title when there is no detail', () => {
    expect(toProblem(404, { code: 'not_found', title: '没有找到' }).sentence).toBe('没有找到')
  })

  it.each([null, 'Bad Gateway', [], { message: 'x' }])('makes a sentence of an answer that is no problem document: %j', (body) => {
    const problem = toProblem(502, body)
    expect(problem.code).toBe('unreadable_answer')
    expect(problem.sentence).not.toBe('')
  })

  it('names fields as forms do, and keeps the first message of each', () => {
    const problem = new Problem(422, 'validation_failed', '', '', [
      { path: 'body.members.0.name', code: 'a', message: '一' },
      { path: 'body.members.0.name', code: 'b', message: '二' },
      { path: 'query.region', code: 'c', message: '三' },
    ])
    expect(messagesByField(problem)).toEqual({ 'members.0.name': '一', region: '三' })
  })
})

describe('no answer at all', () => {
  it('is a network that is down', () => {
    expect(asProblem(new TypeError('Failed to fetch')).code).toBe('network_unreachable')
  })

  it('is a page of somebody else when it cannot be read', () => {
    expect(asProblem(new SyntaxError('Unexpected token <')).code).toBe('unreadable_answer')
  })

  it('is never mistaken for a fault of the program', () => {
    expect(() => asProblem(new RangeError('bug'))).toThrow(RangeError)
  })
})
