import { plain } from '../../format'
import type { Finding, Result } from '../../result'
import { isEmpty } from '../highlights'
import { whyEmpty } from '../words'
import type { Ink } from './ink'
import { wrap } from './ink'

function block({ level, text, effect, advice }: Finding, ink: Ink): string {
  const { paint } = ink
  const head = wrap(text, ink, 0, level === 'warning' ? '! ' : '· ')
  return [
    level === 'warning' ? paint.yellow(head) : head,
    ...(effect ? [wrap(effect, ink, 2, 'Figures: ')] : []),
    ...(advice ? [paint.dim(wrap(advice, ink, 2, 'To do: '))] : []),
  ].join('\n')
}

/** Everything that speaks against the numbers: what it does to them, and what to do. */
export function renderFindings(result: Result, ink: Ink): string {
  const { notes } = result.trust
  const empty = whyEmpty(result)
  if (empty) {
    const others = notes.filter(({ kind }) => kind !== 'other-time' && kind !== 'synthetic')
    return `${[wrap(empty.text, ink, 0), ...others.map((note) => block(note, ink))].join('\n\n')}\n`
  }
  const warnings = notes.filter(({ level }) => level === 'warning').length
  const runs = result.journeys.reduce((sum, journey) => sum + journey.runs, 0)
  const about = `${result.journeys.map(({ name }) => plain(name)).join(', ')}: ${runs} runs`
  if (isEmpty(result) && !notes.length) return 'Nothing has arrived yet, so there is nothing to examine.\n'
  if (!notes.length) return `${ink.paint.green('✓')} Nothing speaks against these numbers (${about}).\n`
  const title = `${warnings} of ${notes.length} findings change how the report is to be read (${about}).`
  return `${[wrap(title, ink, 0), ...notes.map((note) => block(note, ink))].join('\n\n')}\n`
}
