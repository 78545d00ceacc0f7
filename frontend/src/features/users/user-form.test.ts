import { describe, expect, it } from 'vitest'
import { afterSignIn } from '@/features/login/after'
import { checkUser, userValues } from './user-form'

const cadre = { ...userValues(null), username: 'liuhy', name: '刘海燕', role: 'village_cadre' as const, region_code: '431081106217', password: 'shuinan2026' }

describe('an account', () => {
  it('passes when complete', () => {
    expect(checkUser(cadre, true)).toEqual({})
  })

  it('places a village cadre in a village and a township officer in a township', () => {
    expect(checkUser({ ...cadre, region_code: '431081' }, true)).toHaveProperty('region_code')
    expect(checkUser({ ...cadre, role: 'township' }, true)).toHaveProperty('region_code')
    expect(checkUser({ ...cadre, role: 'township', region_code: '431081106' }, true)).toEqual({})
  })

  it('needs a password when new and may keep it later', () => {
    expect(checkUser({ ...cadre, password: '' }, true)).toHaveProperty('password')
    expect(checkUser({ ...cadre, password: '' }, false)).toEqual({})
    expect(checkUser({ ...cadre, password: 'liuhy2026' }, false)).toHaveProperty('password')
  })
})

describe('after signing in', () => {
  it.each([
    ['/households?status=lifted', '/households?status=lifted'],
    ['//evil.example', '/'],
    ['https://evil.example', '/'],
    ['/login?to=/x', '/'],
    [undefined, '/'],
    [['/a', '/b'], '/'],
  ])('goes from %j to %s', (to, goal) => {
    expect(afterSignIn(to)).toBe(goal)
  })
})
