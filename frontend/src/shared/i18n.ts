/** Two languages, side by side, typed: a phrase that lacks one of them or one of its parameters does not compile. */
import { ref } from 'vue'

export type Language = 'zh' | 'en'

const KEY = 'linkage.language'

function remembered(): Language {
  try {
    return localStorage.getItem(KEY) === 'en' ? 'en' : 'zh'
  } catch {
    return 'zh' // storage forbidden by the browser
  }
}

export const language = ref<Language>(remembered())

export function setLanguage(next: Language): void {
  language.value = next
  document.documentElement.lang = next === 'zh' ? 'zh-CN' : 'en'
  try {
    localStorage.setItem(KEY, next)
  } catch {
    // storage forbidden: the choice lasts for this page
  }
}

type ParamNames<S extends string> = S extends `${string}{${infer P}}${infer Rest}`
  ? P | ParamNames<Rest>
  : never

type ParamsOf<S extends string> = [ParamNames<S>] extends [never]
  ? []
  : [params: Record<ParamNames<S>, string | number>]

type Pair = readonly [zh: string, en: string]

/**
 * `const t = phrases({ count: ['共 {n} 户', '{n} households'] })`, then `t('count', { n: 3 })`.
 * Reads the reactive language, so templates follow the switch.
 */
export function phrases<const M extends Record<string, Pair>>(messages: M) {
  return function t<K extends keyof M & string>(key: K, ...args: ParamsOf<M[K][0]>): string {
    const pair: Pair = messages[key] as Pair
    const text = pair[language.value === 'zh' ? 0 : 1]
    const params: Record<string, string | number> = args[0] ?? {}
    return text.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? ''))
  }
}

/** A closed vocabulary: `label(value)` for a code, the code itself when it is newer than this page. */
export function vocabulary<const M extends Record<string, Pair>>(messages: M) {
  const codes = Object.keys(messages) as (keyof M & string)[]
  const pairs = new Map<string, Pair>(Object.entries(messages))
  const label = (code: string | null | undefined): string => {
    if (!code) return ''
    return pairs.get(code)?.[language.value === 'zh' ? 0 : 1] ?? code
  }
  const known = (code: string | null | undefined): (keyof M & string) | undefined => codes.find((entry) => entry === code)
  return { codes, label, known, options: () => codes.map((code) => ({ value: code as string, label: label(code) })) }
}
