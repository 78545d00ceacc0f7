/**
 * What classes and risks are called here and now: policy with dates, so it comes from the service. Screens ask
 * `monitoredClass.label` and `risk.label` (shared/terms), which look here first.
 */
import { shallowRef } from 'vue'
import { language } from './i18n'

export interface Word {
  code: string
  name: string
  in_use: boolean
}

export interface Names {
  profile_name: string
  object_name: string
  fund_name: string
  income_line: string
  classes: readonly Word[]
  risks: readonly Word[]
}

export const names = shallowRef<Names | null>(null)

export function adoptNames(found: Names | null): void {
  names.value = found
}

type Fallback = { codes: readonly string[]; label: (code: string | null | undefined) => string }

/** A vocabulary that policy names; English, and the time before the names have come, use the glossary's words. */
export function named(kind: 'classes' | 'risks', glossary: Fallback) {
  const words = (): readonly Word[] => names.value?.[kind] ?? []
  function label(code: string | null | undefined): string {
    if (!code) return ''
    const known = glossary.codes.includes(code)
    if (language.value !== 'zh' && known) return glossary.label(code)
    return words().find((word) => word.code === code)?.name ?? glossary.label(code)
  }
  return {
    label,
    get codes(): readonly string[] {
      return words().length ? words().map((word) => word.code) : glossary.codes
    },
    /** Only those that may still be chosen. */
    options: () => (words().length ? words().filter((word) => word.in_use).map((word) => word.code) : glossary.codes).map((code) => ({ value: code, label: label(code) })),
  }
}
