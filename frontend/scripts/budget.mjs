// Fails the build when the phone's first screen weighs more than its budget (brotli, as the gateway sends it). What the
// worker fetches afterwards for use without a network is told beside it.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

const BUDGET = { js: 75_000, css: 12_000 } // bytes

const folder = new URL('../dist/', import.meta.url).pathname

function weight(path) {
  return statSync(existsSync(`${path}.br`) ? `${path}.br` : path).size
}

function sum(paths) {
  return paths.reduce((total, path) => total + weight(path), 0)
}

const page = readFileSync(join(folder, 'm.html'), 'utf8')
const first = [...page.matchAll(/(?:src|href)="(\/static\/m\/[^"]+\.(js|css))"/g)]
const all = readdirSync(join(folder, 'static/m')).filter((name) => name.endsWith('.js')).map((name) => join(folder, 'static/m', name))
const kb = (bytes) => `${(bytes / 1000).toFixed(1)} kB`

let beyond = false
for (const kind of ['js', 'css']) {
  const found = sum(first.filter(([, , type]) => type === kind).map(([, path]) => join(folder, path)))
  console.log(`/m first screen, ${kind}: ${kb(found)} of ${kb(BUDGET[kind])}`)
  beyond ||= found > BUDGET[kind]
}
console.log(`/m with every form for use without a network: ${kb(sum(all))} of scripts`)
if (beyond) {
  console.error('/m is beyond its budget')
  process.exit(1)
}
