// Fails the build when an entry's script or style is over its budget: what its page loads before anything is lazy,
// as sent over the wire (brotli). `--json` prints the figures and never fails.
import { readFileSync } from 'node:fs'
import { brotliCompressSync, constants } from 'node:zlib'

const KB = 1000
const BUDGETS = {
  '/m': { page: 'm.html', js: 75 * KB, css: 12 * KB },
  '/admin': { page: 'admin.html', js: 180 * KB },
}

const folder = new URL('../dist/', import.meta.url)

function wire(path) {
  return packed(readFileSync(new URL(`.${path}`, folder)))
}

function packed(content) {
  return brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length
}

/** The files a page names itself, and those its scripts import at once. */
function graph(html) {
  const scripts = new Set([...html.matchAll(/(?:src|href)="(\/static\/[^"]+\.js)"/g)].map((found) => found[1]))
  for (const path of scripts) {
    const text = readFileSync(new URL(`.${path}`, folder), 'utf8')
    for (const [, name] of text.matchAll(/(?:from|import)\s*["'](\.\/[^"']+\.js)["']/g)) {
      scripts.add(path.replace(/[^/]+$/, '') + name.slice(2))
    }
  }
  const fetched = html.replace(/<link[^>]*\bdisabled\b[^>]*>/g, '')
  const styles = new Set([...fetched.matchAll(/href="(\/static\/[^"]+\.css)"/g)].map((found) => found[1]))
  // The phone's page carries its style itself.
  const inline = [...html.matchAll(/<style>([\s\S]*?)<\/style>/g)].map((found) => found[1]).join('\n')
  return { js: [...scripts], css: [...styles], inline }
}

const figures = {}
const over = []
for (const [entry, { page, ...budget }] of Object.entries(BUDGETS)) {
  const files = graph(readFileSync(new URL(page, folder), 'utf8'))
  figures[entry] = {}
  for (const kind of ['js', 'css']) {
    const inline = kind === 'css' && files.inline ? packed(Buffer.from(files.inline)) : 0
    const bytes = files[kind].reduce((sum, path) => sum + wire(path), inline)
    figures[entry][kind] = { bytes, budget: budget[kind] ?? null, files: files[kind].length }
    if (budget[kind] && bytes > budget[kind]) over.push(`${entry} ${kind}: ${bytes} of ${budget[kind]} bytes`)
  }
}
if (process.argv.includes('--json')) {
  console.log(JSON.stringify(figures))
} else {
  for (const [entry, kinds] of Object.entries(figures)) {
    const parts = Object.entries(kinds).map(([kind, { bytes, budget }]) => `${kind} ${(bytes / KB).toFixed(1)}${budget ? ` of ${budget / KB}` : ''} kB`)
    console.log(`budget ${entry}: ${parts.join(', ')}`)
  }
  if (over.length > 0) {
    console.error(`over budget: ${over.join('; ')}`)
    process.exit(1)
  }
}
