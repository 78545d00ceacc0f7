/** A short word of success; refusals are shown where they happened, never here. */
import 'element-plus/es/components/message/style/css'
import { ElMessage } from 'element-plus/es/components/message/index'

export function saidAndDone(message: string): void {
  ElMessage({ type: 'success', message, grouping: true, duration: 4000 })
}
