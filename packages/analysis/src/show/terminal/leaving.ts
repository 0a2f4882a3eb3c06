import { plain } from '../../format'
import type { JourneyResult } from '../../result'
import { leavingTexts, satisfactionTexts } from '../words'
import type { Ink } from './ink'
import { wrap } from './ink'

/** Why people left each step, one line a step; empty where nobody left. */
export function leavingSection({ steps }: JourneyResult, ink: Ink): string {
  const lines = steps.flatMap((step) => {
    const texts = leavingTexts(step)
    return texts.length ? [wrap(`${plain(step.name)}: ${texts.join(', ')}`, ink, 2, '· ')] : []
  })
  if (!lines.length) return ''
  return [ink.paint.underline('Why people left'), ...lines].join('\n')
}

/** How satisfied people were at each step that has scores; empty where none has. */
export function satisfactionSection({ satisfaction = [] }: JourneyResult, ink: Ink): string {
  if (!satisfaction.length) return ''
  const lines = satisfaction.flatMap((one) => [
    `  ${ink.paint.bold(plain(one.step))}`,
    ...satisfactionTexts(one).map((text) => wrap(text, ink, 4)),
  ])
  return [ink.paint.underline('How satisfied people were'), ...lines].join('\n')
}
