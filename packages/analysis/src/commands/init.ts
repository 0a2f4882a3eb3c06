import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import pc from 'picocolors'
import type { Change } from '../init/plan'
import { lookAt } from '../init/project'
import { propose } from '../init/proposal'

/** A change as a diff shows it: what is added, and the lines of the file that follow. */
function diff({ file, before, added }: Change): string {
  const lines = added.replace(/\n$/, '').split('\n')
  const after = before === '' ? [] : before.split('\n').slice(0, 3)
  return [
    pc.bold(before === '' ? `${file} (new)` : file),
    ...lines.map((line) => pc.green(`+ ${line}`.trimEnd())),
    ...after.map((line) => pc.dim(`  ${line}`.trimEnd())),
  ].join('\n')
}

async function isAgreed(): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return false
  const ask = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return /^y(es)?$/i.test((await ask.question('Write these files? [y/N] ')).trim())
  } finally {
    ask.close()
  }
}

/**
 * `throughline init`: looks at the project, proposes definitions, start call and configuration as a diff, and writes
 * them only when told to.
 */
export async function init({ write }: { readonly write?: boolean }): Promise<void> {
  const project = lookAt('.')
  const { changes, next } = propose(project)
  for (const change of changes) console.log(`${diff(change)}\n`)
  const mayWrite = changes.length > 0 && (write || (await isAgreed()))
  if (mayWrite)
    for (const { file, before, added } of changes) {
      const path = join(project.folder, file)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, added + before)
    }
  if (changes.length > 0)
    console.log(
      mayWrite ? 'Written. Next:\n' : 'Nothing was written: run it with --write to have it done. Next:\n',
    )
  for (const line of next) console.log(`${line}\n`)
}
