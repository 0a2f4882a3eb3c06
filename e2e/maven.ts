import { readFileSync } from 'node:fs'
import { keptFolder } from '../scripts/kept.ts'
import { runCommand } from '../scripts/processes.ts'

/**
 * A folder with the libraries that a `pom.xml` lists, and what those need.
 *
 * @throws Error when there is no Maven, or they are not to be had
 */
export const mavenLibraries = (name: string, pom: string): Promise<string> =>
  keptFolder(name, readFileSync(pom, 'utf8'), (aside) =>
    runCommand('mvn', [
      '--quiet',
      '--batch-mode',
      `--file=${pom}`,
      'dependency:copy-dependencies',
      `-DoutputDirectory=${aside}`,
    ]),
  )
