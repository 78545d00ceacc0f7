/** The hash that names a file: hex SHA-256 of its bytes. */
import { phrases } from './i18n'

const t = phrases({ insecure: ['此浏览器只能在加密连接（https）下处理文件', 'This browser handles files only over https'] })

export async function digestOf(file: Blob): Promise<string> {
  // The browser offers it only on https and on this machine itself.
  if (!globalThis.crypto?.subtle) throw new Error(t('insecure'))
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()))
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
