import { reactive } from 'vue'
import { isKind, type Kind } from './core/kinds'

export type FormStep = 'ask' | 'form' | 'check'

/** The screens of the phone; addresses live behind #, so that one cached page serves them all. */
export type Route =
  | { name: 'roster' }
  | { name: 'today' }
  | { name: 'household'; id: string }
  | { name: 'form'; kind: Kind; household: string; record: string; step: FormStep }
  | { name: 'records' }
  | { name: 'record'; id: string }
  | { name: 'settings' }
  | { name: 'villages' }

export function parseRoute(hash: string): Route {
  const [, first, id, kind, record, step] = hash.replace(/^#/, '').split('/')
  if (first === 'households' && id && isKind(kind) && record) {
    return { name: 'form', kind, household: id, record, step: step === 'form' || step === 'check' ? step : 'ask' }
  }
  if (first === 'households' && id) return { name: 'household', id }
  if (first === 'records' && id) return { name: 'record', id }
  if (first === 'today' || first === 'records' || first === 'settings' || first === 'villages') return { name: first }
  return { name: 'roster' }
}

export const paths = {
  roster: '#/',
  today: '#/today',
  records: '#/records',
  settings: '#/settings',
  villages: '#/villages',
  household: (id: string) => `#/households/${id}`,
  form: (kind: Kind, household: string, record: string, step: FormStep) => `#/households/${household}/${kind}/${record}/${step}`,
  record: (id: string) => `#/records/${id}`,
}

export const router = reactive<{ route: Route }>({ route: { name: 'roster' } })

function follow(): void {
  router.route = parseRoute(location.hash)
}

export function startRouter(): void {
  follow()
  addEventListener('hashchange', follow)
}

export function go(path: string): void {
  location.hash = path
}

/** Goes there in place of this screen, so that 返回 does not come back to it. */
export function replace(path: string): void {
  history.replaceState(history.state, '', path)
  follow()
}
