/** Closes what hangs open on Escape or on a press elsewhere. */
import { onBeforeUnmount, onMounted, type Ref } from 'vue'

export function useDismiss(box: Readonly<Ref<HTMLElement | null>>, open: Ref<boolean>, onEscape?: () => void): void {
  function press(event: PointerEvent): void {
    if (open.value && box.value && !event.composedPath().includes(box.value)) open.value = false
  }
  function key(event: KeyboardEvent): void {
    if (open.value && event.key === 'Escape') {
      open.value = false
      onEscape?.()
    }
  }
  onMounted(() => {
    document.addEventListener('pointerdown', press)
    document.addEventListener('keydown', key)
  })
  onBeforeUnmount(() => {
    document.removeEventListener('pointerdown', press)
    document.removeEventListener('keydown', key)
  })
}
