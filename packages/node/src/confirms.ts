import { diag } from '@opentelemetry/api'
import type { Confirms, Journey, RouteAnswer } from '@throughline/core'
import { addressMatcher, readRoute } from '@throughline/core'
import type { RequestJourney } from './journey-handle'
import { safely } from './safely'

/** Asks the application whether an answer confirms; whatever it does, nothing breaks. */
function askWhen(journey: Journey, when: NonNullable<Confirms['when']>, answer: RouteAnswer): boolean {
  try {
    const said: unknown = when(answer)
    if (typeof said === 'boolean') return said
    // A rejected promise that nobody looks at would end the process.
    if (said instanceof Promise) said.catch(() => {})
    diag.warn(
      `throughline: confirmed nothing: confirms.when of "${journey.name}" answered neither true nor false`,
    )
  } catch (error) {
    diag.error(`throughline: confirmed nothing: confirms.when of "${journey.name}" failed:`, error)
  }
  return false
}

function isConfirmed(journey: Journey, answer: RouteAnswer): boolean {
  const kind = Math.floor(answer.status / 100)
  const { when } = journey.confirms!
  return when ? (kind === 2 || kind === 3) && askWhen(journey, when, answer) : kind === 2
}

/**
 * The address that was asked for; anyone can ask for what is none. Of one that is only a path the origin does not
 * matter, and what begins with two slashes is a path, too.
 */
function readAddress(url: string): URL | undefined {
  try {
    return new URL(url.startsWith('/') ? `http://localhost${url}` : url)
  } catch {
    return undefined
  }
}

/** Confirms what a request's answer confirms. */
export type Confirm = (answer: RouteAnswer) => void

/**
 * Finds what the answer to a request may confirm, by the `confirms` of the journeys.
 *
 * @returns undefined where no journey has one, so that requests pay nothing
 */
export function createConfirming(
  journeys: readonly Journey[],
):
  | ((method: string | undefined, url: string | undefined, of: RequestJourney) => Confirm | undefined)
  | undefined {
  const routes = journeys.flatMap((journey) =>
    [journey.confirms?.at ?? []].flat().flatMap((at) => {
      const route = readRoute(at)
      return route ? { journey, method: route.method, matches: addressMatcher(route.pattern) } : []
    }),
  )
  if (routes.length === 0) return undefined
  return (method, url, of) => {
    if (!url) return undefined
    const asked = routes.filter((route) => route.method === method)
    if (asked.length === 0) return undefined
    const address = readAddress(url)
    if (!address) return undefined
    const found = new Set(asked.filter(({ matches }) => matches(address)).map(({ journey }) => journey))
    if (found.size === 0) return undefined
    return (answer) =>
      safely(() => {
        for (const journey of found)
          if (of.canConfirm(journey) && isConfirmed(journey, answer)) of.handle().convert(journey)
      })
  }
}
