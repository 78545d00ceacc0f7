import { api, call, ifMatch } from '@/api/client'
import type { UserCreate, UserRow, UserUpdate } from '@/api/types'

const PAGE_SIZE = 20

export function listUsers(filters: { q?: string }, cursor?: string) {
  return call(api.GET('/api/users', { params: { query: { ...filters, cursor, limit: PAGE_SIZE, with_total: true } } }))
}

export function createUser(id: string, body: UserCreate): Promise<UserRow> {
  return call(api.PUT('/api/users/{user_id}', { params: { path: { user_id: id } }, body }))
}

export function updateUser(user: UserRow, body: UserUpdate): Promise<UserRow> {
  return call(api.PATCH('/api/users/{user_id}', { params: { path: { user_id: user.id }, header: { 'if-match': ifMatch(user.version) } }, body }))
}
