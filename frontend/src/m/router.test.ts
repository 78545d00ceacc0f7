// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { parseRoute, paths } from './router'

describe('parseRoute', () => {
  it.each([
    ['', { name: 'roster' }],
    ['#/', { name: 'roster' }],
    ['#/nowhere', { name: 'roster' }],
    [paths.household('h1'), { name: 'household', id: 'h1' }],
    [paths.visit('h1', 'r1', 'check'), { name: 'visit', household: 'h1', record: 'r1', step: 'check' }],
    ['#/households/h1/visit/r1', { name: 'visit', household: 'h1', record: 'r1', step: 'ask' }],
    ['#/households/h1/visit', { name: 'household', id: 'h1' }],
    [paths.record('r1'), { name: 'record', id: 'r1' }],
    [paths.records, { name: 'records' }],
    [paths.settings, { name: 'settings' }],
    [paths.villages, { name: 'villages' }],
  ])('%s', (hash, route) => {
    expect(parseRoute(hash)).toEqual(route)
  })
})
