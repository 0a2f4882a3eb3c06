import { spawnSync } from 'node:child_process'

/** Whether a program is in the PATH; `ask` is an option with which it ends at once. */
export const hasProgram = (name: string, ask = '--version'): boolean =>
  spawnSync(name, [ask], { stdio: 'ignore' }).error === undefined
