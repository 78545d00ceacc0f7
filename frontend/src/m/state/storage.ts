/** Asks the browser not to clear this site's data when the phone runs short; whether it agreed. */
export async function askToKeep(): Promise<boolean> {
  if (!navigator.storage?.persist) return false
  return (await navigator.storage.persisted()) || navigator.storage.persist()
}

export interface Space {
  usedBytes: number
  freeBytes: number
  kept: boolean
}

export async function space(): Promise<Space | null> {
  if (!navigator.storage?.estimate) return null
  const [{ usage = 0, quota = 0 }, kept] = await Promise.all([navigator.storage.estimate(), navigator.storage.persisted()])
  return { usedBytes: usage, freeBytes: Math.max(0, quota - usage), kept }
}
