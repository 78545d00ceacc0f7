/** 适老化: the size of type, remembered on this computer. */
import { ref } from 'vue'

export const TYPE_SIZES = ['standard', '18', '22', '26', '30'] as const
export type TypeSize = (typeof TYPE_SIZES)[number]

const KEY = 'linkage.type'

function remembered(): TypeSize {
  try {
    const stored = localStorage.getItem(KEY)
    return TYPE_SIZES.find((size) => size === stored) ?? 'standard'
  } catch {
    return 'standard' // storage forbidden by the browser
  }
}

export const typeSize = ref<TypeSize>(remembered())

export function applyTypeSize(size: TypeSize): void {
  typeSize.value = size
  if (size === 'standard') delete document.documentElement.dataset.type
  else document.documentElement.dataset.type = size
  try {
    localStorage.setItem(KEY, size)
  } catch {
    // storage forbidden: the choice lasts for this page
  }
}
