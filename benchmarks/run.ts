// Runs every benchmark and prints what was measured beside its target. Figures are ratios taken in one run wherever
// a machine's speed would show; `npm run bench -- name` runs one. Ends with 1 when a target was missed.
import { readdirSync } from 'node:fs'

export interface Measurement {
  readonly measure: string
  readonly value: string
  /** Left out of what is only there to be seen. */
  readonly target?: string
  readonly met?: boolean
}

const wanted = process.argv.slice(2)
const files = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .filter((file) => wanted.length === 0 || wanted.includes(file.replace('.ts', '')))

for (const file of files) {
  console.log(`\n${file.replace('.ts', '')}`)
  const { run } = (await import(`./${file}`)) as { run(): Promise<Measurement[]> }
  for (const { measure, value, target, met } of await run()) {
    const judged = met === undefined ? '' : met ? 'met' : 'missed'
    const beside = target === undefined ? '' : `   target ${target}`
    console.log(`  ${judged.padEnd(6)}  ${measure.padEnd(64)} ${value.padStart(14)}${beside}`)
    if (met === false) process.exitCode = 1
  }
}
