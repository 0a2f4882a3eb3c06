import type { AnalyseOptions } from '../ask/analyse'
import type { Selection } from '../ask/selection'
import { parseSelection } from '../ask/selection'
import { checkCut } from '../ask/where'
import type { Definitions } from '../config'
import { loadConfig } from '../config'

/** What the command line says as it is: the parser would make one number of `0123` and `123`. */
export const valuesOf = (flag: string, args: readonly string[]): string[] =>
  args.flatMap((arg, at) => {
    if (arg === flag) return args.slice(at + 1, at + 2)
    return arg.startsWith(`${flag}=`) ? [arg.slice(flag.length + 1)] : []
  })

/**
 * Which runs the command line asks for.
 *
 * @throws Advice that names the option which cannot be read
 */
function readSelection(flags: Selection): AnalyseOptions {
  const asWritten = (flag: string) => valuesOf(flag, process.argv).at(-1)
  return parseSelection({ ...flags, against: asWritten('--against'), step: asWritten('--step') }, new Date())
}

/**
 * Which runs the command line asks for, and what is declared.
 *
 * @throws Advice that names the option which cannot be read, or what the declarations do not know; whatever the
 * configuration throws
 */
export async function readQuestion(
  flags: Selection & { readonly config: string },
): Promise<{ readonly selection: AnalyseOptions; readonly definitions: Definitions }> {
  const selection = readSelection(flags)
  const definitions = await loadConfig(flags.config)
  checkCut(selection, definitions)
  return { selection, definitions }
}
