import { diag } from '@opentelemetry/api'

type Level = 'error' | 'warn'

/** What `diag` is told while a page is debugged, from the start on: what writes it loads later. */
export interface Words {
  /** Takes what has been said so far, and from then on each word as it comes. */
  hear(write: (level: Level, words: unknown[]) => void): void
}

const MOST = 100

/** Takes warnings and errors until the signal, in the place of the logger that the host may have set. */
export function keepWords(signal: AbortSignal): Words {
  const early: [Level, unknown[]][] = []
  let write = (...said: (typeof early)[0]) => {
    if (early.length < MOST) early.push(said)
  }
  const { error, warn } = diag
  diag.error = (...words) => write('error', words)
  diag.warn = (...words) => write('warn', words)
  signal.addEventListener('abort', () => Object.assign(diag, { error, warn }))
  return {
    hear(writer) {
      write = writer
      for (const said of early) write(...said)
    },
  }
}
