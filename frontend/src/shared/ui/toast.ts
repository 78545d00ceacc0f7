/** A short word of success; refusals are shown where they happened, never here. */
import 'element-plus/es/components/message/style/css'
import { ElMessage } from 'element-plus/es/components/message/index'

export function saidAndDone(message: string): void {
  ElMessage({ type: 'success', message, grouping: true, duration: 4000 })
}

/** Done, but something is left for the person to do: stays until it is closed. */
export function saidButNotAll(message: string): void {
  ElMessage({ type: 'warning', message, grouping: true, duration: 0, showClose: true })
}
