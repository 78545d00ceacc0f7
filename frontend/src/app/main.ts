import 'element-plus/theme-chalk/base.css'
import '@/shared/tokens.css'
import './base.css'
import { createApp } from 'vue'
import { whenSignedOut } from '@/api/client'
import { setLanguage, language } from '@/shared/i18n'
import { applyTypeSize, typeSize } from '@/shared/preferences'
import { forget } from '@/shared/session'
import App from './App.vue'
import { router } from './router'

setLanguage(language.value)
applyTypeSize(typeSize.value)

whenSignedOut(() => {
  forget()
  const at = router.currentRoute.value
  if (!at.meta.open) void router.replace({ name: 'login', query: { to: at.fullPath } })
})

createApp(App).use(router).mount('#app')
