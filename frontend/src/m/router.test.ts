// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { parseRoute, paths } from './router'

describe('parseRoute', () => {
  it.each([
    ['', { name: 'roster' }],
    ['#/', { name: 'roster' }],
    ['#/nowhere', { name: 'roster' }],
    [paths.household('h1'), { name: 'household', id: 'h1' }],
    [paths.form('look_back', 'h1', 'r1', 'check'), { name: 'form', kind: 'look_back', household: 'h1', record: 'r1', step: 'check' }],
    ['#/households/h1/visit/r1', { name: 'form', kind: 'visit', household: 'h1', record: 'r1', step: 'ask' }],
    ['#/households/h1/feast/r1', { name: 'household', id: 'h1' }],
    [paths.today, { name: 'today' }],
    ['#/households/h1/visit', { name: 'household', id: 'h1' }],
    [paths.record('r1'), { name: 'record', id: 'r1' }],
    [paths.records, { name: 'records' }],
    [paths.settings, { name: 'settings' }],
    [paths.villages, { name: 'villages' }],
  ])('%s', (hash, route) => {
    expect(parseRoute(hash)).toEqual(route)
  })
})
