import { shallowRef } from 'vue'

/** A newer version waits to take over; it does so only when the person says so. */
export const waiting = shallowRef<ServiceWorker | null>(null)

function watch(registration: ServiceWorkerRegistration): void {
  const offer = () => {
    // Without a controller this is the first visit: nothing to replace.
    if (registration.waiting && navigator.serviceWorker.controller) waiting.value = registration.waiting
  }
  offer()
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', offer)
  })
}

/** Registers the worker that makes this page open without a network. */
export async function registerWorker(): Promise<void> {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return
  // One tab agreed to the update: every tab goes along, for the old version's pieces are gone.
  const replaced = navigator.serviceWorker.controller !== null
  navigator.serviceWorker.addEventListener('controllerchange', () => replaced && location.reload())
  watch(await navigator.serviceWorker.register('/m/sw.js', { scope: '/m' }))
}

export function update(): void {
  waiting.value?.postMessage('take-over')
}
