import { computed } from 'vue'
import { type Due, dueList } from '../core/due'
import { realNow } from './clock'
import { packs } from './packs'
import { records } from './queue'

/** What the phone already holds an answer to: drafts do not count. */
export const answered = computed(() => new Set(records.value.filter((line) => line.state !== 'draft').map((line) => `${line.kind} ${line.household_id}`)))

/** Over all villages of this phone, soonest first. */
export const due = computed<Due[]>(() => dueList(packs.value.flatMap((pack) => pack.households), answered.value, realNow()))
