import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** From Linux: the clock ticks between the machine's start and the process's; undefined for one that has ended. */
function fromProc(pid: number): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The second field is the command in parentheses, which may contain anything.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return state === 'Z' || state === 'X' ? undefined : fields[18]
}

/** From any Unix: a state, and the time to the second. */
function fromPs(pid: number): string | undefined {
  const said = execFileSync('ps', ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)], {
    encoding: 'utf8',
  }).trim()
  return said === '' || said.startsWith('Z') ? undefined : said.replace(/^\S+\s+/, '')
}

/**
 * When a process started, in the words of the system. Its number alone does not identify a process: numbers are used
 * again, in containers at once, and a process that was killed keeps its number until its parent has asked for its
 * status (a zombie).
 *
 * @returns undefined when no such process runs
 */
export function processStart(pid: number): string | undefined {
  try {
    return process.platform === 'linux' ? fromProc(pid) : fromPs(pid)
  } catch {
    return undefined
  }
}
