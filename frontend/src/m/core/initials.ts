/**
 * Pinyin initials of Chinese names by the platform's own pinyin collation: no dictionary to carry.
 * Each boundary is the first common character of its letter in that order.
 */
const BOUNDARIES = '阿八嚓哒妸发旮哈讥咔垃妈拏噢妑七呥扨它穵夕丫帀'
const LETTERS = 'abcdefghjklmnopqrstwxyz'
const HAN = /\p{Script=Han}/u

const collator = new Intl.Collator('zh-Hans-CN-u-co-pinyin')

/** Surnames read differently from the character's common sound. */
const SURNAMES: Record<string, string> = { 曾: 'z', 单: 's', 解: 'x', 仇: 'q', 查: 'z', 覃: 'q', 瞿: 'q', 区: 'o', 朴: 'p', 乐: 'y' }

function initial(character: string): string {
  if (!HAN.test(character)) return /[a-z0-9]/i.test(character) ? character.toLowerCase() : ''
  for (let i = LETTERS.length - 1; i >= 0; i--) {
    if (collator.compare(character, BOUNDARIES[i]!) >= 0) return LETTERS[i]!
  }
  return ''
}

/** 张三 → zs. A character unknown to the platform is left out. */
export function initials(name: string): string {
  const characters = Array.from(name.trim())
  return characters.map((each, index) => (index === 0 && SURNAMES[each]) || initial(each)).join('')
}
