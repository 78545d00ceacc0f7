/** Who is signed in, shared by both faces. */
import { computed, ref } from 'vue'
import { api, call, setCsrf } from '@/api/client'
import type { Session } from '@/api/types'
import { Problem } from './problem'

export const session = ref<Session | null>(null)

/** The gateway no longer knows the session of the person on this page: they sign in again over what they are doing. */
export const expired = ref(false)

export const me = computed(() => session.value?.user ?? null)

/** Whether the signed-in person may do this; the services decide again on every call. */
export function may(permission: string): boolean {
  return session.value?.permissions.includes(permission) ?? false
}

function adopt(next: Session | null): void {
  session.value = next
  expired.value = false
  setCsrf(next?.csrf ?? null)
}

/** Asks the gateway who we are; false when nobody is signed in. */
export async function resume(): Promise<boolean> {
  try {
    adopt(await call(api.GET('/api/session'), true))
    return true
  } catch (error) {
    if (error instanceof Problem && error.status === 401) {
      adopt(null)
      return false
    }
    throw error
  }
}

export async function signIn(username: string, password: string): Promise<void> {
  adopt(await call(api.POST('/api/session', { body: { username, password } }), true))
}

export async function signOut(): Promise<void> {
  await call(api.DELETE('/api/session'))
  adopt(null)
}

/** Forgets the person on this page without telling the gateway: their session has already ended. */
export function forget(): void {
  adopt(null)
}
