import { database, type Meta, writing } from './db'

export async function readMeta<K extends keyof Meta>(key: K): Promise<Meta[K] | null> {
  return ((await (await database()).get('meta', key)) as Meta[K] | undefined) ?? null
}

export async function writeMeta<K extends keyof Meta>(key: K, value: Meta[K]): Promise<void> {
  const tx = await writing('meta')
  await tx.objectStore('meta').put(value, key)
  await tx.done
}

export async function dropMeta(key: keyof Meta): Promise<void> {
  const tx = await writing('meta')
  await tx.objectStore('meta').delete(key)
  await tx.done
}
