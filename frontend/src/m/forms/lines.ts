/** Lines that the summaries of several forms share. */
import { formatDateTime } from '@/shared/dates'
import { phrases } from '@/shared/i18n'
import { guarantee, risk } from '@/shared/terms'
import type { Line } from '../core/form'
import type { BaseForm, Guarantee, Risk } from '../core/types'

const t = phrases({
  when: ['时间', 'Time'],
  place: ['位置', 'Place'],
  located: ['已记录，误差约 {n} 米', 'Recorded, within about {n} m'],
  photos: ['照片', 'Photos'],
  count: ['{n} 张', '{n}'],
  guarantees: ['保障情况', 'Guarantees'],
  all: ['全部有保障', 'All met'],
  lacking: ['有问题：{what}', 'Not met: {what}'],
  risks: ['风险点', 'Risks'],
  none: ['无', 'None'],
})

/** When, where and with how many photos; an empty value is left out by the summary. */
export function baseLines(form: BaseForm): Line[] {
  const pictures = form.photos.filter((photo) => photo.kind === 'photo').length
  return [
    [t('when'), formatDateTime(new Date(form.visited_at))],
    [t('place'), form.location ? t('located', { n: Math.round(form.location.accuracy) }) : ''],
    [t('photos'), pictures > 0 ? t('count', { n: pictures }) : ''],
  ]
}

export function guaranteeLine(ok: Record<Guarantee, boolean>): Line {
  const open = (Object.keys(ok) as Guarantee[]).filter((each) => !ok[each])
  return [t('guarantees'), open.length > 0 ? t('lacking', { what: open.map(guarantee.label).join('、') }) : t('all')]
}

/** `named`: the words of a case's own time, where it is about a case. */
export function riskLine(risks: readonly Risk[], named: readonly { code: Risk; name: string }[] = []): Line {
  const label = (code: Risk) => named.find((each) => each.code === code)?.name ?? risk.label(code)
  return [t('risks'), risks.map(label).join('、') || t('none')]
}
