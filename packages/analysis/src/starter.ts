import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { processStart } from './store/process-start'

/** How package managers call their processes: `npm exec throughline dev`, `node /usr/bin/yarn.js dev`. */
const PACKAGE_MANAGER =
  /(?:^|[\s/])(npm|npx|pnpm|pnpx|yarn|bun|bunx)(?:-cli)?(?:-\d[\w.]*)?(?:\.[cm]?js)?(?=\s|$)/

interface Running {
  readonly parent: number
  /** A job of a shell; `setsid` and service managers begin a group of their own. */
  readonly group: number
  readonly command: string
}

function fromProc(pid: number): Running {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The second field is the name in parentheses, which may contain anything.
  const [, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  return { parent: Number(parent), group: Number(group), command }
}

function fromPs(pid: number): Running {
  const said = execFileSync('ps', ['-o', 'ppid=', '-o', 'pgid=', '-o', 'args=', '-p', String(pid)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [, parent, group, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)/.exec(said) ?? []
  return { parent: Number(parent), group: Number(group), command }
}

function look(pid: number): Running | undefined {
  try {
    return process.platform === 'linux' ? fromProc(pid) : fromPs(pid)
  } catch {
    // It has gone, or may not be looked at.
    return undefined
  }
}

/** A process that another one was started by. */
export interface Starter {
  readonly name: string
  readonly pid: number
  isThere(): boolean
}

/** The package managers that this process was started by, the nearest first: `npm start` may run `npx`. */
export function packageManagers(): Starter[] {
  const found: Starter[] = []
  const self = look(process.pid)
  for (let pid = self?.parent ?? 0; pid > 0; ) {
    const running = look(pid)
    if (running?.group !== self?.group) break
    const name = PACKAGE_MANAGER.exec(running!.command)?.[1]
    const started = name && processStart(pid)
    const looked = pid
    if (started) found.push({ name, pid, isThere: () => processStart(looked) === started })
    pid = running!.parent
  }
  return found
}

/** How long a process goes on at most once its starter has gone, in ms. */
const LOOK_EVERY = 1000

/**
 * Tells when a package manager that this process was started by has gone. Without a terminal, `npx` and `npm start`
 * pass a SIGTERM to a shell alone, and a SIGKILL to nobody: what they ran would hold its port and folder for ever.
 */
export function watchStarters(onGone: (starter: Starter) => void): void {
  const starters = packageManagers()
  if (starters.length === 0) return
  const timer = setInterval(() => {
    const gone = starters.find((starter) => !starter.isThere())
    if (!gone) return
    clearInterval(timer)
    onGone(gone)
  }, LOOK_EVERY)
  timer.unref()
}
