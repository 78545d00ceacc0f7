import type { FormDefinition } from '../core/form'
import type { Kind } from '../core/kinds'

/** Each form is fetched when first opened; the worker's cache makes that work offline. */
const FORMS: Record<Kind, () => Promise<{ default: FormDefinition }>> = {
  visit: () => import('./visit'),
  look_back: () => import('./look-back'),
  sweep: () => import('./sweep'),
  verification: () => import('./verification'),
  application: () => import('./application'),
  registration: () => import('./registration'),
}

export async function formOfKind(kind: Kind): Promise<FormDefinition> {
  return (await FORMS[kind]()).default
}
