import { computed } from 'vue'
import { phrases } from '@/shared/i18n'
import { formatDateTime } from '@/shared/dates'
import { hold, online, sending, stuck, toSend } from './queue'
import { expired } from './session'

const t = phrases({
  sending: ['正在上传第 {index} 条，共 {total} 条', 'Sending {index} of {total}'],
  sending_photo: ['正在传照片，第 {index} 张，共 {total} 张', 'Sending photo {index} of {total}'],
  signed_out: ['登录已过期，重新登录后自动上传', 'Your sign-in has expired; records are sent after you sign in again'],
  stale_session: ['另有人在这台手机上登录过，请重新登录', 'Somebody else signed in on this phone; please sign in again'],
  no_network: ['没有网络，有网后自动上传', 'No network; records are sent when there is one'],
  offline: ['连不上服务器，{at} 再试', 'The server cannot be reached; next try at {at}'],
  captive_portal: ['网络要求先认证（如上网登录页），{at} 再试', 'The network wants a sign-in of its own; next try at {at}'],
  busy: ['服务器忙，{at} 再试', 'The server is busy; next try at {at}'],
  server_trouble: ['服务器暂时出错，{at} 再试', 'The server is in trouble; next try at {at}'],
  waiting: ['等待上传', 'Waiting to be sent'],
  stuck: ['有 {n} 条需要您处理', '{n} need your attention'],
  drafts: ['草稿填完后才会上传', 'Drafts are sent once you finish them'],
})

/** One sentence on why the records are still here and when that will change. */
export const queueSentence = computed(() => {
  if (sending.value) {
    const { what, index, total } = sending.value
    return t(what === 'photo' ? 'sending_photo' : 'sending', { index: index + 1, total })
  }
  if (toSend.value.length === 0) return stuck.value.length > 0 ? t('stuck', { n: stuck.value.length }) : t('drafts')
  if (expired.value) return hold.value?.reason === 'stale_session' ? t('stale_session') : t('signed_out')
  if (!online.value) return t('no_network')
  const rest = hold.value
  if (!rest || rest.until === null || rest.until < Date.now()) return t('waiting')
  const at = formatDateTime(new Date(rest.until)).slice(-5)
  switch (rest.reason) {
    case 'captive_portal':
    case 'busy':
    case 'server_trouble':
      return t(rest.reason, { at })
    default:
      return t('offline', { at })
  }
})
