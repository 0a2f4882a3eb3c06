import type { Hypothesis, Journey } from '@throughline/core'

/** What a server has to know: the same definitions that the browser has. */
export interface Definitions {
  readonly journeys: readonly Journey[]
  readonly hypotheses?: readonly Hypothesis[]
}

/**
 * Looks at what a set-up function was given.
 *
 * @throws TypeError that says what to pass
 */
export function checkDefinitions(by: string, options: Definitions): Required<Definitions> {
  const { journeys, hypotheses = [] } = options ?? {}
  if (!Array.isArray(journeys) || journeys.length === 0 || !journeys.every((journey) => journey?.steps))
    throw new TypeError(`${by} needs journeys: [checkout, …], each from defineJourney`)
  if (!Array.isArray(hypotheses) || !hypotheses.every((hypothesis) => hypothesis?.variants))
    throw new TypeError(`${by} takes hypotheses: [onePagePayment, …], each from defineHypothesis`)
  for (const { id, journey } of hypotheses)
    if (!journeys.some(({ name }) => name === journey))
      throw new TypeError(`${by}: hypothesis "${id}" is about "${journey}"; add that journey to journeys`)
  return { journeys, hypotheses }
}
