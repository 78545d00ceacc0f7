import 'element-plus/theme-chalk/base.css'
import '@/shared/tokens.css'
import './base.css'
import { createApp } from 'vue'
import { whenSignedOut } from '@/api/client'
import { setLanguage, language } from '@/shared/i18n'
import { applyTypeSize, typeSize } from '@/shared/preferences'
import { expired, forget, session } from '@/shared/session'
import App from './App.vue'
import { router } from './router'

setLanguage(language.value)
applyTypeSize(typeSize.value)

whenSignedOut(() => {
  const at = router.currentRoute.value
  if (at.meta.open) return forget()
  // Whoever was at work keeps the page and signs in over it; a page that nobody was on goes to the entry.
  if (session.value) expired.value = true
  else void router.replace({ name: 'login', query: { to: at.fullPath } })
})

createApp(App).use(router).mount('#app')
