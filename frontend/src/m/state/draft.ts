import { onUnmounted, reactive, ref, type Ref, watch } from 'vue'
import type { FormDefinition } from '../core/form'
import type { BaseForm, PackHousehold } from '../core/types'
import { photosOf } from '../store/photos'
import { closeDraft, type DraftInput, findRecord, findReceipt, type RecordContent, saveDraft } from '../store/records'
import { deviceClock, realNow } from './clock'
import { recordsChanged } from './queue'
import { session, vault } from './session'

const AUTOSAVE_MS = 400

export type SaveFault = 'no_space' | 'not_saved'

/** What stopped the phone from writing: an aborted transaction is how a full phone shows. */
export function saveFault(error: unknown): SaveFault {
  if (!(error instanceof DOMException)) throw error
  return error.name === 'QuotaExceededError' || error.name === 'AbortError' ? 'no_space' : 'not_saved'
}

export interface DraftSubject {
  household: PackHousehold
  village_name: string
}

/** One record being written: loaded from its draft or from what is known, saved at every pause, closed once. */
export function useDraft(id: string, definition: FormDefinition, { household, village_name }: DraftSubject) {
  const form = reactive(definition.prefilled(household, realNow()))
  const savedAt = ref<number | null>(null)
  const fault: Ref<SaveFault | null> = ref(null)
  const serverMessages = ref<string[]>([])
  /** Already closed, here or in another tab: nothing to write any more. */
  const closed = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let dirty = false

  function input(): DraftInput {
    return {
      id,
      kind: definition.kind,
      task: definition.taskOf?.(household) ?? '',
      owner: session.value?.user.id ?? '',
      household_id: household.id,
      household_name: definition.nameOf?.(form) || household.head_name,
      group_name: household.group_name,
      village_name,
      // The stores keep plain values, not Vue's proxies.
      form: JSON.parse(JSON.stringify(form)) as BaseForm,
    }
  }

  async function load(): Promise<void> {
    const known = await findRecord(id)
    if ((known && known.state !== 'draft') || (!known && (await findReceipt(id)))) closed.value = true
    if (known?.state === 'draft' && vault.value) {
      const content = await vault.value.open<RecordContent>(id, known.content)
      Object.assign(form, content.form)
      serverMessages.value = known.refusal ? [known.refusal.message, ...known.refusal.errors.map((each) => each.message)].filter(Boolean) : []
    }
    await keepPresentPhotos()
    watch(form, () => {
      dirty = true
      clearTimeout(timer)
      timer = setTimeout(() => void flush(), AUTOSAVE_MS)
    })
  }

  /** A form may only name photos that are on this phone: its record could never be completed otherwise. */
  async function keepPresentPhotos(): Promise<void> {
    if (form.photos.length === 0) return
    const present = new Set((await photosOf(id)).map((photo) => photo.id))
    form.photos = form.photos.filter((photo) => present.has(photo.id))
  }

  /** Writes what is not yet on the disk. */
  async function flush(): Promise<void> {
    clearTimeout(timer)
    if (!dirty || closed.value || !vault.value) return
    dirty = false
    try {
      await saveDraft(vault.value, input(), Date.now())
      savedAt.value = Date.now()
      fault.value = null
    } catch (error) {
      dirty = true
      fault.value = saveFault(error)
    }
    await recordsChanged()
  }

  /** Closes the record; true only when it is on the disk. */
  async function close(): Promise<boolean> {
    clearTimeout(timer)
    if (!vault.value) return false
    const written = input()
    try {
      await closeDraft(vault.value, written, definition.body(written.form, household, deviceClock()), Date.now())
    } catch (error) {
      fault.value = saveFault(error)
      return false
    }
    closed.value = true
    await recordsChanged()
    return true
  }

  const hidden = () => void flush()
  document.addEventListener('visibilitychange', hidden)
  addEventListener('pagehide', hidden)
  onUnmounted(() => {
    document.removeEventListener('visibilitychange', hidden)
    removeEventListener('pagehide', hidden)
    void flush()
  })

  return { form, savedAt, fault, serverMessages, closed, load, flush, close }
}
