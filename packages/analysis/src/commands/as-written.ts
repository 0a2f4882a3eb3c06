/** What the command line says as it is: the parser would make one number of `0123` and `123`. */
export const valuesOf = (flag: string, args: readonly string[]): string[] =>
  args.flatMap((arg, at) => {
    if (arg === flag) return args.slice(at + 1, at + 2)
    return arg.startsWith(`${flag}=`) ? [arg.slice(flag.length + 1)] : []
  })
