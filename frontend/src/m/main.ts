import { createApp } from 'vue'
import { language, phrases, setLanguage } from '@/shared/i18n'
import App from './App.vue'
import { startRouter } from './router'
import { loadClock } from './state/clock'
import { loadPacks } from './state/packs'
import { loadRecords, setOff, watchForSignal } from './state/queue'
import { refreshSession, restoreSession, session } from './state/session'
import { askToKeep } from './state/storage'
import { setTypeSize, typeSize } from './state/type-size'
import { registerWorker } from './state/update'
import { purgeReceipts } from './store/records'
import '@/shared/tokens.css'
import './styles/vant.css'
import './styles/m.css'

const t = phrases({
  no_storage: [
    '这个浏览器不让网页保存数据（可能开了无痕模式），不能登记。请换普通窗口或别的浏览器打开。',
    'This browser does not let pages keep data (a private window?). Please use an ordinary window or another browser.',
  ],
})

/** What this phone already has comes first, the network after the first screen. */
async function start(): Promise<void> {
  setTypeSize(typeSize.value)
  setLanguage(language.value)
  startRouter()
  await restoreSession()
  const known = Promise.all([loadPacks(), loadRecords(), loadClock()])
  // Who has yet to sign in waits for nothing that the phone may hold.
  if (session.value) await known
  createApp(App).mount('#app')
  await known
  watchForSignal()
  if (session.value) await purgeReceipts(session.value.user.id, Date.now())
  await refreshSession()
  await loadClock()
  await setOff('start')
  await registerWorker()
  await askToKeep()
}

start().catch((error: unknown) => {
  // Some browsers forbid storage in private windows; without it nothing may be written down.
  document.querySelector('#app .opening')?.replaceChildren(t('no_storage'))
  throw error
})
