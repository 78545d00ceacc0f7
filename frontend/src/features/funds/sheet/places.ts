/** Which place a cell means: its code, its name, or its name with that of its township. */
export interface Place {
  code: string
  name: string
  /** Name of the township, for a village. */
  township: string | null
}

export type Match = { place: Place } | { candidates: readonly Place[] }

/** Villages are written with and without what kind of committee they have. */
function stem(name: string): string {
  return name.normalize('NFKC').replace(/[\s/·>-]+/g, '').replace(/(村民委员会|居民委员会|村委会|居委会)$/, '').replace(/(社区|村|居)$/, '')
}

export function labelOf(place: Place): string {
  return place.township ? `${place.township} ${place.name}` : place.name
}

export class Places {
  private readonly byCode = new Map<string, Place>()
  private readonly byName = new Map<string, Place[]>()
  private readonly byStem = new Map<string, Place[]>()

  constructor(readonly all: readonly Place[]) {
    for (const place of all) {
      this.byCode.set(place.code, place)
      for (const name of [place.name, `${place.township ?? ''}${place.name}`]) {
        add(this.byName, name, place)
        add(this.byStem, stem(name), place)
      }
    }
  }

  /** One place, or those it could be; none when nobody is called so. */
  find(text: string): Match {
    const plain = text.normalize('NFKC').replace(/\s+/g, '')
    const known = this.byCode.get(plain)
    if (known) return { place: known }
    const candidates = this.byName.get(plain) ?? this.byStem.get(stem(text)) ?? []
    return candidates.length === 1 ? { place: candidates[0] as Place } : { candidates }
  }

  get(code: string): Place | undefined {
    return this.byCode.get(code)
  }

  /** What to write so that it is found again: the name alone where it is the only one. */
  write(place: Place): string {
    return 'place' in this.find(place.name) ? place.name : labelOf(place)
  }
}

function add(index: Map<string, Place[]>, name: string, place: Place): void {
  const found = index.get(name)
  if (!found) index.set(name, [place])
  else if (!found.includes(place)) found.push(place)
}
