/** 公民身份号码 (GB 11643): the check digit, and what the number already says. */
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const CHECK = '10X98765432'

export function isIdNumber(text: string): boolean {
  if (!/^\d{17}[\dX]$/.test(text)) return false
  const birth = birthOf(text)
  const at = new Date(`${birth}T00:00:00Z`)
  if (Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== birth) return false
  const total = WEIGHTS.reduce((sum, weight, index) => sum + weight * Number(text[index]), 0)
  return text[17] === CHECK[total % 11]
}

/** "430481195803021234" → "1958-03-02". */
export function birthOf(idNumber: string): string {
  return `${idNumber.slice(6, 10)}-${idNumber.slice(10, 12)}-${idNumber.slice(12, 14)}`
}

export function sexOf(idNumber: string): 'male' | 'female' {
  return Number(idNumber[16]) % 2 === 1 ? 'male' : 'female'
}
