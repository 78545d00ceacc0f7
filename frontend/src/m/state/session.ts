import { ref, shallowRef } from 'vue'
import { wipeUser } from '../store/wipe'
import type { StoredSession } from '../store/db'
import { dropMeta, readMeta, writeMeta } from '../store/meta'
import { openVault, type Vault } from '../store/vault'
import * as door from '../net/session'

export const session = shallowRef<StoredSession | null>(null)
export const vault = shallowRef<Vault | null>(null)
/** The server no longer knows this session: work goes on, sending waits. */
export const expired = ref(false)

async function take(next: StoredSession): Promise<void> {
  vault.value = await openVault(next.user.id)
  session.value = next
}

/** Opens the phone for the person who used it last, network or not. */
export async function restoreSession(): Promise<void> {
  const known = await readMeta('session')
  if (known) await take(known)
}

/** Signs in. Another person's villages and receipts leave the phone first; what they have not sent stays sealed. */
export async function signIn(username: string, password: string): Promise<void> {
  const next = await door.signIn(username, password)
  const before = await readMeta('session')
  if (before && before.user.id !== next.user.id) await wipeUser(before.user.id)
  await Promise.all([writeMeta('session', next), dropMeta('pending_sign_out')])
  expired.value = false
  await take(next)
}

/** Wipes this phone and tells the server, now or when there is a network again. */
export async function signOut(): Promise<void> {
  const leaving = session.value
  if (!leaving) return
  await wipeUser(leaving.user.id)
  session.value = null
  vault.value = null
  expired.value = false
  if (!(await door.signOut(leaving.csrf))) await writeMeta('pending_sign_out', { csrf: leaving.csrf })
}

/** Looks whether the server still knows this person; a fresh CSRF token is kept. */
export async function refreshSession(): Promise<void> {
  const known = session.value
  if (!known) return finishSignOut()
  const check = await door.checkSession()
  if (session.value !== known || check.kind === 'unknown') return
  expired.value = check.kind === 'closed' || check.session.user.id !== known.user.id
  if (check.kind === 'open' && !expired.value) {
    session.value = check.session
    await writeMeta('session', check.session)
  }
}

async function finishSignOut(): Promise<void> {
  const pending = await readMeta('pending_sign_out')
  if (pending && (await door.signOut(pending.csrf))) await dropMeta('pending_sign_out')
}
