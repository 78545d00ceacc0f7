/** Builders for the tests of the phone. */
import type { Pack, PackHousehold } from './core/types'

export function someHousehold(more: Partial<PackHousehold> = {}): PackHousehold {
  return {
    id: '019ab000-0000-7000-8000-000000000001',
    village_code: '431081101201',
    group_name: '第1组',
    household_no: '0001',
    head_name: '曾建国',
    head_id_number_masked: '431081********1234',
    phone_masked: null,
    people: 3,
    lifted: true,
    monitored: false,
    monitored_class: null,
    risks: [],
    address: null,
    dwelling_grade: null,
    water_supply: null,
    members: [],
    last_visit: null,
    ...more,
  }
}

export function somePack(households: PackHousehold[]): Pack {
  const village = { code: '431081101201', name: '清江村', township_name: '清江镇' }
  return { village, generated_at: '2026-11-22T10:00:00+08:00', households, words: null, truncated: false }
}
