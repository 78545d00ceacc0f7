/** What spreadsheets put on the clipboard: cells by tabs, lines by line ends, a cell in quotes when it holds either. */
export type Block = string[][]

/** Excel, WPS and Calc all end the text with a line end, which is no further row. */
export function parseTsv(text: string): Block {
  const rows: Block = []
  let row: string[] = []
  let cell = ''
  let quoted = false
  const source = text.replace(/\r\n?/g, '\n')
  for (let at = 0; at < source.length; at += 1) {
    const sign = source[at] as string
    if (quoted) {
      if (sign !== '"') cell += sign
      else if (source[at + 1] === '"') {
        cell += '"'
        at += 1
      } else quoted = false
    } else if (sign === '"' && cell === '') quoted = true
    else if (sign === '\t') {
      row.push(cell)
      cell = ''
    } else if (sign === '\n') {
      rows.push([...row, cell])
      row = []
      cell = ''
    } else cell += sign
  }
  if (row.length || cell) rows.push([...row, cell])
  return rows
}

export function formatTsv(block: readonly (readonly string[])[]): string {
  const quote = (cell: string): string => (/["\t\n]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell)
  return block.map((row) => row.map(quote).join('\t')).join('\n')
}
