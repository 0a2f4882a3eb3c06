import type { Tools } from './tools'

/** What caused a vital: where on the page, which script, which resource. Loads after the page, with `later.ts`. */
export interface VitalCause {
  readonly target?: string | undefined
  readonly script?: string | undefined
  readonly resource?: string | undefined
}

/** A performance entry with what the five vitals' entries may hold of their cause. */
interface Entry extends PerformanceEntry {
  readonly element?: Element | null
  readonly target?: Node | null
  readonly url?: string
  readonly sources?: readonly { readonly node?: Node | null }[]
}

interface LongFrame extends PerformanceEntry {
  readonly scripts: readonly { readonly duration: number; readonly sourceURL: string }[]
}

/** Of an id or a class: what is someone's, by its looks, is left out. */
const ownName = (name: string) =>
  name.includes('@') ? '*' : name.replace(/[\da-f]{8,}(-[\da-f]{4,})*|\d{4,}/gi, '*')

/**
 * Where an element is, by tags, ids and classes: never its text or other attributes' values; nor long numbers and
 * addresses.
 */
export function selectorOf(node: Node | null | undefined): string | undefined {
  const path: string[] = []
  let at = node instanceof Element ? node : node?.parentElement
  for (; at && path.length < 4; at = at.parentElement) {
    // A form's own properties may be its fields: `<input name="id">`.
    const id = at.getAttribute('id')
    const classes = at.getAttribute('class')?.split(/\s+/).filter(Boolean).slice(0, 2) ?? []
    path.unshift(
      at.localName + (id ? `#${ownName(id)}` : classes.map((name) => `.${ownName(name)}`).join('')),
    )
    if (id) break
  }
  return path.join('>').slice(0, 200) || undefined
}

/** Watches long animation frames, to name the script that an interaction waited for. */
export function observeCauses(
  { isObservable, scrubUrl }: Tools,
  signal: AbortSignal,
): (name: string, entry: PerformanceEntry | undefined) => VitalCause {
  const frames: LongFrame[] = []
  if (isObservable('long-animation-frame')) {
    const observer = new PerformanceObserver((list) => {
      frames.push(...(list.getEntries() as LongFrame[]))
      frames.splice(0, frames.length - 50)
    })
    observer.observe({ type: 'long-animation-frame', buffered: true })
    signal.addEventListener('abort', () => observer.disconnect())
  }

  /** The script that ran longest in the frames that an interaction overlaps. */
  function scriptOf({ startTime, duration }: PerformanceEntry) {
    const [longest] = frames
      .filter(
        (frame) => frame.startTime < startTime + duration && frame.startTime + frame.duration > startTime,
      )
      .flatMap(({ scripts }) => scripts)
      .filter(({ sourceURL }) => sourceURL)
      .sort((a, b) => b.duration - a.duration)
    return longest && scrubUrl(longest.sourceURL)
  }

  return (name, from) => {
    const entry = from as Entry | undefined
    if (!entry || name === 'TTFB' || name === 'FCP') return {}
    try {
      return {
        target: selectorOf(entry.element ?? entry.target ?? entry.sources?.[0]?.node),
        script: name === 'INP' ? scriptOf(entry) : undefined,
        resource: name === 'LCP' && entry.url ? scrubUrl(entry.url) : undefined,
      }
    } catch {
      // A page's elements may be anything: a vital without its cause is better than none.
      return {}
    }
  }
}
