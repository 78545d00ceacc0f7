import type { Pack } from '../core/types'
import { database, type StoredPack, writing } from './db'
import type { Vault } from './vault'

const sealName = (code: string) => `pack:${code}`

export async function savePack(vault: Vault, owner: string, pack: Pack, now: number): Promise<void> {
  const { code, name } = pack.village
  const content = await vault.seal(sealName(code), pack)
  const stored: StoredPack = {
    owner,
    village_code: code,
    village_name: name,
    households: pack.households.length,
    generated_at: pack.generated_at,
    downloaded_at: now,
    content,
  }
  const tx = await writing('packs')
  await tx.objectStore('packs').put(stored)
  await tx.done
}

export async function packsOf(owner: string): Promise<StoredPack[]> {
  return (await database()).getAllFromIndex('packs', 'owner', owner)
}

export function openPack(vault: Vault, stored: StoredPack): Promise<Pack> {
  return vault.open<Pack>(sealName(stored.village_code), stored.content)
}

export async function dropPack(owner: string, code: string): Promise<void> {
  const tx = await writing('packs')
  await tx.objectStore('packs').delete([owner, code])
  await tx.done
}
