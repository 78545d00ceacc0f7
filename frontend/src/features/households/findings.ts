/** The findings of a visit, read from whatever version of the form wrote them. */
export interface Findings {
  /** Guarantees that were not in order. */
  broken: string[]
  risks: string[]
  incomeChanged: boolean
  incomeNote: string
  note: string
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.trim() : ''
}

export function readFindings(value: unknown): Findings {
  const findings = record(value)
  return {
    broken: Object.entries(record(findings.guarantees_ok)).filter(([, ok]) => ok === false).map(([name]) => name),
    risks: Array.isArray(findings.risks) ? findings.risks.filter((name): name is string => typeof name === 'string') : [],
    incomeChanged: findings.income_changed === true,
    incomeNote: text(findings.income_note),
    note: text(findings.note),
  }
}
