// The services whose languages are compiled: how to start them, built first if need be.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { keptFolder } from '../../scripts/kept.ts'
import { runCommand } from '../../scripts/processes.ts'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const read = (...paths: string[]) => paths.map((path) => readFileSync(at(path), 'utf8')).join('\n')

export interface Command {
  readonly command: string
  readonly args: readonly string[]
}

/** @throws Error when there is no Go, or its modules are not to be had */
export async function buildGo(): Promise<Command> {
  const folder = await keptFolder('go', read('go/main.go', 'go/go.mod', 'go/go.sum'), (aside) =>
    runCommand('go', ['build', '-o', join(aside, 'service'), '.'], { cwd: at('go') }),
  )
  return { command: join(folder, 'service'), args: [] }
}

/** @throws Error when there is no JDK with Maven, or its libraries are not to be had */
export async function buildJava(): Promise<Command> {
  const libraries = await keptFolder('java', read('java/pom.xml'), (aside) =>
    runCommand('mvn', [
      '--quiet',
      '--batch-mode',
      `--file=${at('java/pom.xml')}`,
      'dependency:copy-dependencies',
      `-DoutputDirectory=${aside}`,
    ]),
  )
  return { command: 'java', args: ['-cp', `${libraries}/*`, at('java/Service.java')] }
}
