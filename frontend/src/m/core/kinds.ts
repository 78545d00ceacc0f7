/** The kinds of record that a phone writes: what the queue has to know of them, and nothing of their forms. */
export const KINDS = ['visit', 'look_back', 'sweep', 'verification', 'application', 'registration'] as const
export type Kind = (typeof KINDS)[number]

/** `task`: what the record answers, where it answers something: the look-back that is due, the sweep round. */
const DOORS: Record<Kind, (task: string) => string> = {
  visit: () => 'visits',
  look_back: (task) => `look-backs/${task}/records`,
  sweep: (task) => `sweeps/${task}/records`,
  verification: () => 'verifications',
  application: () => 'applications',
  registration: () => 'registrations',
}

export function isKind(text: string | undefined): text is Kind {
  return KINDS.some((kind) => kind === text)
}

/** The door that takes a record. */
export function doorOf(kind: Kind, id: string, task: string): string {
  return `/api/monitoring/${DOORS[kind](task)}/${id}`
}

/** The door of a photo's bytes. */
export function photoDoor(id: string): string {
  return `/api/monitoring/attachments/${id}/content`
}
