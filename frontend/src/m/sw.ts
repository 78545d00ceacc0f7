/// <reference lib="webworker" />
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute, type PrecacheEntry } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: (PrecacheEntry | string)[] }

/*
 * Keeps every piece of /m for opening without a network, and nothing else: /api and every POST, PUT and
 * DELETE pass by untouched. Records are sent by the page, which knows whose they are.
 */
precacheAndRoute(self.__WB_MANIFEST)
cleanupOutdatedCaches()
registerRoute(new NavigationRoute(createHandlerBoundToURL('/m'), { allowlist: [/^\/m(\/|$)/] }))

// A new version waits until the person agrees: records half written must not lose their page.
self.addEventListener('message', (event) => {
  if (event.data === 'take-over') void self.skipWaiting()
})
