/** The money of a trail as rows of a tree and as a sankey of at most 40 nodes. No amount is lost: what has no node of its own is summed. */
import type { MoneyTrail } from '@/api/types'
import { phrases } from '@/shared/i18n'
import { fromYuan, sum, type Fen } from '@/shared/money'
import { sourceLevel } from '@/shared/terms'

/** Allocations and payees with a node of their own; document, pool and the sums of the rest bring them to 40 at most. */
const MOST_ALLOCATIONS = 16
const MOST_PAYEES = 17

const t = phrases({
  document: ['文件 {number}', 'Document {number}'],
  noDocument: ['未注明文件', 'No document named'],
  pool: ['{year} 年{source}资金池', '{year} {source} pool'],
  noPool: ['资金池', 'Pool'],
  otherAllocations: ['其他 {n} 笔安排', '{n} other allocations'],
  otherPayees: ['其他 {n} 个收款方', '{n} other payees'],
  unpaid: ['尚未支付', 'Not yet paid'],
  others: ['其他支付和未支付', 'Other payments and unpaid'],
  unallocated: ['本文件尚未注明安排', 'Not yet drawn from the document'],
})

export type Asked = 'document' | 'allocation' | 'payment' | 'project'

export interface FlowNode {
  id: string
  name: string
  depth: number
}

export interface FlowLink {
  source: string
  target: string
  amount: Fen
}

export interface Flow {
  nodes: FlowNode[]
  links: FlowLink[]
}

type TrailAllocation = MoneyTrail['allocations'][number]

export function poolName(trail: MoneyTrail): string {
  return trail.pool ? t('pool', { year: trail.pool.year, source: sourceLevel.label(trail.pool.source_level) }) : t('noPool')
}

function documentName(trail: MoneyTrail): string {
  if (trail.project) return trail.project.name
  return trail.document ? t('document', { number: trail.document.number }) : t('noDocument')
}

/** Paid amounts by payee of some allocations. */
function paidBy(trail: MoneyTrail): Map<string, Map<string, Fen>> {
  const found = new Map<string, Map<string, Fen>>()
  for (const payment of trail.payments) {
    if (payment.status !== 'paid') continue
    const payees = found.get(payment.allocation_id) ?? new Map<string, Fen>()
    payees.set(payment.payee, (payees.get(payment.payee) ?? 0n) + fromYuan(payment.amount))
    found.set(payment.allocation_id, payees)
  }
  return found
}

function largest<T>(entries: readonly T[], amountOf: (entry: T) => Fen, most: number): T[] {
  return [...entries].sort((a, b) => (amountOf(b) > amountOf(a) ? 1 : amountOf(b) < amountOf(a) ? -1 : 0)).slice(0, most)
}

/** Document → pool → allocations → payees, only what is in effect. */
export function flowOf(trail: MoneyTrail, asked: Asked): Flow {
  const active = trail.allocations.filter((row) => row.status === 'allocated')
  const shown = new Set(largest(active, (row) => fromYuan(row.amount), MOST_ALLOCATIONS).map((row) => row.id))
  const paid = paidBy(trail)
  const byPayee = new Map<string, Fen>()
  for (const row of active) for (const [payee, amount] of paid.get(row.id) ?? []) byPayee.set(payee, (byPayee.get(payee) ?? 0n) + amount)
  const payees = new Set(largest([...byPayee], ([, amount]) => amount, MOST_PAYEES).map(([payee]) => payee))

  const nodes = new Map<string, FlowNode>()
  const links = new Map<string, FlowLink>()
  const node = (id: string, name: string, depth: number): string => {
    if (!nodes.has(id)) nodes.set(id, { id, name, depth })
    return id
  }
  const flow = (source: string, target: string, amount: Fen): void => {
    if (amount <= 0n) return
    const key = `${source}→${target}`
    links.set(key, { source, target, amount: (links.get(key)?.amount ?? 0n) + amount })
  }
  const allocationNode = (row: TrailAllocation): string =>
    shown.has(row.id) ? node(`a:${row.id}`, row.title, 2) : node('a', t('otherAllocations', { n: active.length - shown.size }), 2)

  const document = node('document', documentName(trail), 0)
  const pool = node('pool', poolName(trail), 1)
  const allocated = sum(active.map((row) => fromYuan(row.amount)))
  flow(document, pool, allocated)
  for (const row of active) {
    const amount = fromYuan(row.amount)
    const from = allocationNode(row)
    flow(pool, from, amount)
    let rest = amount
    for (const [payee, part] of paid.get(row.id) ?? []) {
      rest -= part
      flow(from, payees.has(payee) ? node(`p:${payee}`, payee, 3) : node('p', t('otherPayees', { n: byPayee.size - payees.size }), 3), part)
    }
    if (rest > 0n) flow(from, node('rest', t(asked === 'payment' ? 'others' : 'unpaid'), 3), rest)
  }
  const waiting = trail.document && asked === 'document' && !trail.more ? fromYuan(trail.document.current) - allocated : 0n
  if (waiting > 0n) flow(document, node('waiting', t('unallocated'), 1), waiting)
  return { nodes: [...nodes.values()], links: [...links.values()] }
}

export function totalOf(trail: MoneyTrail, level: Asked): Fen {
  return fromYuan(trail.sums.find((line) => line.level === level)?.amount ?? '0.00')
}
