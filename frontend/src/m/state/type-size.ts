import { ref } from 'vue'

/** 字号 in px: 16 is the ordinary one, from 18 on the large-type mode with targets of 60 px. */
export const TYPE_SIZES = ['16', '18', '22', '26', '30'] as const
export type TypeSize = (typeof TYPE_SIZES)[number]

const KEY = 'linkage.m.type'
const known = localStorage.getItem(KEY)

export const typeSize = ref<TypeSize>(TYPE_SIZES.find((size) => size === known) ?? '18')

export function setTypeSize(size: TypeSize): void {
  typeSize.value = size
  localStorage.setItem(KEY, size)
  document.documentElement.dataset.type = size
}
