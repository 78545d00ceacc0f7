import type { UserCreate, UserRow } from '@/api/types'
import { isUsername, newPasswordProblem } from '@/shared/credentials'
import type { Messages } from '@/shared/form'
import { phrases } from '@/shared/i18n'
import { role } from '@/shared/terms'
import { uuid7 } from '@/shared/ids'

const t = phrases({
  username: ['用户名应为 2–32 位小写字母、数字或 . _ -，以字母或数字开头', '2 to 32 lower-case letters, digits or . _ -'],
  name: ['请填写姓名', 'Enter the name'],
  role: ['请选择岗位', 'Choose a duty'],
  region: ['请选择管辖地区', 'Choose a region'],
  village: ['村干部的管辖地区应选到村', 'A village cadre works in one village'],
  township: ['乡镇岗位的管辖地区应选到乡镇', 'A township duty needs a township'],
})

export interface UserValues {
  id: string
  username: string
  name: string
  role: UserCreate['role'] | ''
  region_code: string
  password: string
}

/** The role of an account, if this page knows it. */
export function knownRole(code: string): UserCreate['role'] | undefined {
  return role.known(code)
}

export function userValues(user: UserRow | null): UserValues {
  if (!user) return { id: uuid7(), username: '', name: '', role: '', region_code: '', password: '' }
  return { id: user.id, username: user.username, name: user.name, role: knownRole(user.role) ?? '', region_code: user.region.code, password: '' }
}

/** For a new account the password is needed; for an old one, empty keeps it. */
export function checkUser(values: UserValues, isNew: boolean): Messages {
  const errors: Messages = {}
  if (isNew && !isUsername(values.username)) errors.username = t('username')
  if (!values.name.trim()) errors.name = t('name')
  if (!values.role) errors.role = t('role')
  if (values.role === 'village_cadre' && values.region_code.length !== 12) errors.region_code = t('village')
  else if (values.role === 'township' && values.region_code.length !== 9) errors.region_code = t('township')
  else if (isNew && !values.region_code) errors.region_code = t('region')
  const weak = isNew || values.password ? newPasswordProblem(values.password, values.username) : null
  if (weak) errors.password = weak
  return errors
}
