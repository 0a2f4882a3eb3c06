import type { Journey } from '@throughline/core'

/** Of each journey the version that was declared last: counters and dashboards go by its name. */
export const latestOfEach = (journeys: readonly Journey[]): Journey[] => [
  ...new Map(journeys.map((journey) => [journey.name, journey])).values(),
]
