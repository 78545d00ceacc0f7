import { phrases } from './i18n'

const MIN_LENGTH = 8

const t = phrases({
  short: ['密码至少 {n} 位', 'The password needs at least {n} characters'],
  mixed: ['密码应同时包含字母和数字', 'The password needs both letters and digits'],
  name: ['密码不能包含用户名', 'The password must not contain the user name'],
})

/** What is wrong with a new password, or null; the same rules as the gateway, which decides. */
export function newPasswordProblem(password: string, username = ''): string | null {
  if (password.length < MIN_LENGTH) return t('short', { n: MIN_LENGTH })
  if (username && password.toLowerCase().includes(username.toLowerCase())) return t('name')
  if (!/\p{L}/u.test(password) || !/\d/.test(password)) return t('mixed')
  return null
}

/** 2–32 of a–z, 0–9, ".", "_", "-", beginning with a letter or digit. */
export function isUsername(text: string): boolean {
  return /^[a-z0-9][a-z0-9._-]{1,31}$/.test(text)
}
