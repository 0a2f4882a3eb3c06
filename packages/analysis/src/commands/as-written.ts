import type { AnalyseOptions } from '../ask/analyse'
import type { Selection } from '../ask/selection'
import { parseSelection } from '../ask/selection'

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
export function readSelection(flags: Selection): AnalyseOptions {
  const asWritten = (flag: string) => valuesOf(flag, process.argv).at(-1)
  return parseSelection({ ...flags, against: asWritten('--against'), step: asWritten('--step') }, new Date())
}
