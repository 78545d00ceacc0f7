/**
 * The industry red line, in whole fen. The ledger keeps
 *     other × 10000 ≤ received × (10000 − floor)   and   allocated ≤ received,
 * so that whatever is still unallocated can only bring the industry share up. The ledger decides;
 * this is the same sum done here so that the card moves while a person types.
 */
import { fromYuan, type Fen } from './money'

const WHOLE_BP = 10_000n

export interface PoolState {
  received: Fen
  allocatedIndustry: Fen
  allocatedOther: Fen
  /** basis points: 5500 is 55 % */
  floorBp: number
}

export interface DraftLine {
  industry: boolean
  amount: Fen
}

export type PoolStanding = 'clear' | 'near' | 'at_limit' | 'broken'

export function poolState(pool: {
  received: string
  allocated_industry: string
  allocated_other: string
  floor_bp: number
}): PoolState {
  return {
    received: fromYuan(pool.received),
    allocatedIndustry: fromYuan(pool.allocated_industry),
    allocatedOther: fromYuan(pool.allocated_other),
    floorBp: pool.floor_bp,
  }
}

/** The most that may ever go to anything but industry, rounded down to the fen. */
export function otherCeiling(pool: PoolState): Fen {
  return (pool.received * (WHOLE_BP - BigInt(pool.floorBp))) / WHOLE_BP
}

/** What may still go elsewhere than to industry: up to the red line, and never more than is left. Negative once broken. */
export function headroomOther(pool: PoolState): Fen {
  const toLine = otherCeiling(pool) - pool.allocatedOther
  const left = headroomTotal(pool)
  return toLine < left ? toLine : left
}

/** What has not been allocated at all. Negative when more is promised than came in. */
export function headroomTotal(pool: PoolState): Fen {
  return pool.received - pool.allocatedIndustry - pool.allocatedOther
}

/** Industry ÷ allocated in basis points, rounded down; null while nothing is allocated. */
export function industryShareBp(pool: PoolState): number | null {
  const allocated = pool.allocatedIndustry + pool.allocatedOther
  return allocated > 0n ? Number((pool.allocatedIndustry * WHOLE_BP) / allocated) : null
}

export function withDraft(pool: PoolState, lines: Iterable<DraftLine>): PoolState {
  let { allocatedIndustry, allocatedOther } = pool
  for (const { industry, amount } of lines) {
    if (industry) allocatedIndustry += amount
    else allocatedOther += amount
  }
  return { ...pool, allocatedIndustry, allocatedOther }
}

export interface Refusal {
  reason: 'industry_floor_broken' | 'pool_exhausted'
  shortfall: Fen
}

/**
 * Why the pool cannot stand as it is, with the exact amount missing; null when it can. When both
 * limits are broken the tighter one is named, so that a line made smaller by the shortfall passes.
 */
export function refusal(pool: PoolState): Refusal | null {
  const beyondMoney = -headroomTotal(pool)
  const beyondLine = pool.floorBp > 0 ? pool.allocatedOther - otherCeiling(pool) : 0n
  if (beyondLine > 0n && beyondLine >= beyondMoney) return { reason: 'industry_floor_broken', shortfall: beyondLine }
  return beyondMoney > 0n ? { reason: 'pool_exhausted', shortfall: beyondMoney } : null
}

/** In words for the card: near means that less than a tenth of the room for other uses is left. */
export function standing(pool: PoolState): PoolStanding {
  if (refusal(pool)) return 'broken'
  const left = otherCeiling(pool) - pool.allocatedOther
  if (left === 0n && pool.received > 0n) return 'at_limit'
  return left * 10n < otherCeiling(pool) ? 'near' : 'clear'
}

/** "58.32": basis points as a percentage with two decimals, without floating point. */
export function percent(bp: number): string {
  return `${Math.trunc(bp / 100)}.${String(Math.abs(bp % 100)).padStart(2, '0')}`
}
