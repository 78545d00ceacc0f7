// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { canonicalJson, type Json, payloadHash, wellFormed } from './canonical'
import { sha256Hex } from './sha256'

describe('canonicalJson', () => {
  it('sorts keys at every depth and puts no spaces', () => {
    expect(canonicalJson({ b: [1, { z: null, a: true }], a: '张"三' })).toBe('{"a":"张\\"三","b":[1,{"a":true,"z":null}]}')
  })

  it('does not depend on the order in which a form was filled', () => {
    const one = { a: 1, b: { c: 2, d: [3] } }
    const other = { b: { d: [3], c: 2 }, a: 1 }
    expect(payloadHash(one)).toBe(payloadHash(other))
  })

  it('tells any two different contents apart', () => {
    const values: Json[] = [{ a: '1' }, { a: 1 }, { a: [1] }, { a: null }, {}, { a: { a: 1 } }]
    const texts = values.map(canonicalJson)
    expect(new Set(texts).size).toBe(texts.length)
  })

  it('refuses numbers that JSON cannot say', () => {
    expect(() => canonicalJson({ a: NaN })).toThrow(RangeError)
  })

  // The same text and hash from Python: json.dumps(v, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
  it('agrees with the server', () => {
    const body = {
      household_id: '019ab000-0000-7000-8000-000000000001',
      findings: { risks: ['illness'], note: '老人住院\n已报销', income_changed: false },
      location: { lat: 26.028913, lng: 113.230127, accuracy: 18 },
    }
    expect(canonicalJson(body)).toBe(
      '{"findings":{"income_changed":false,"note":"老人住院\\n已报销","risks":["illness"]},' +
        '"household_id":"019ab000-0000-7000-8000-000000000001",' +
        '"location":{"accuracy":18,"lat":26.028913,"lng":113.230127}}',
    )
    expect(payloadHash(body)).toBe('a7c04dc26c3ca18812d6f65b21c142070d5390cd4f0be1ba60445f8aaa71a22a')
  })
})

async function platformHash(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

describe('sha256Hex', () => {
  it('agrees with the platform for every length around the block borders', async () => {
    for (let length = 0; length <= 200; length++) {
      const text = '村a'.repeat(length).slice(0, length)
      expect(sha256Hex(text)).toBe(await platformHash(text))
    }
  })

  it('hashes a long text', async () => {
    const text = '走访记录'.repeat(50_000)
    expect(sha256Hex(text)).toBe(await platformHash(text))
  })
})

describe('wellFormed', () => {
  it('replaces half a character and leaves whole ones alone', () => {
    expect(wellFormed('好\uD83D')).toBe('好\uFFFD')
    expect(wellFormed('\uDE00好')).toBe('\uFFFD好')
    expect(wellFormed('好😀')).toBe('好😀')
  })
})
