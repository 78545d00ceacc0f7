/** Form logic outside components: what is typed, what is wrong with it, sending it once. */
import { computed, nextTick, reactive, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { asProblem, messagesByField, type Problem } from './problem'

export type Messages = Record<string, string>

export interface Form<V extends object> {
  values: V
  errors: Ref<Messages>
  /** The refusal of the service, when it was not about one field. */
  problem: ShallowRef<Problem | null>
  busy: Ref<boolean>
  /** Lines for the error summary: a field (or none) and its message. */
  summary: ComputedRef<{ field: string | null; message: string }[]>
  submit: () => Promise<void>
  clear: (field: string) => void
}

export interface FormOptions<V extends object> {
  initial: V
  /** Messages by field name; empty when all is well. */
  validate: (values: V) => Messages
  send: (values: V) => Promise<void>
}

export function useForm<V extends object>({ initial, validate, send }: FormOptions<V>): Form<V> {
  const values = reactive(initial) as V
  const errors = ref<Messages>({})
  const problem = shallowRef<Problem | null>(null)
  const busy = ref(false)

  async function focusSummary(): Promise<void> {
    await nextTick()
    document.getElementById('error-summary')?.focus()
  }

  async function submit(): Promise<void> {
    if (busy.value) return
    problem.value = null
    errors.value = validate(values)
    if (Object.keys(errors.value).length > 0) return focusSummary()
    busy.value = true
    try {
      await send(values)
    } catch (error) {
      const refused = asProblem(error)
      problem.value = refused
      errors.value = messagesByField(refused)
      await focusSummary()
    } finally {
      busy.value = false
    }
  }

  const summary = computed(() => {
    const lines: { field: string | null; message: string }[] = Object.entries(errors.value).map(
      ([field, message]) => ({ field, message }),
    )
    if (problem.value && lines.length === 0) lines.push({ field: null, message: problem.value.sentence })
    return lines
  })

  function clear(field: string): void {
    if (field in errors.value) {
      const { [field]: _gone, ...rest } = errors.value
      errors.value = rest
    }
  }

  return { values, errors, problem, busy, summary, submit, clear }
}

/** The id of the control of a field, so that the error summary can link to it. */
export function fieldId(name: string): string {
  return `field-${name.replace(/\./g, '-')}`
}
