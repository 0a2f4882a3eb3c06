import type { Journey } from '@throughline/core'
import { promText } from '../promql'
import { fill } from '../sql'

/** Where the counters' histogram of readiness ends (collector-config/counters.ts), in ms. */
const LONGEST = 30_000

const record = (name: string, value: number, journey: string, step: string) =>
  [
    `      - record: ${name}`,
    `        expr: vector(${value})`,
    `        labels: { throughline_journey_name: "${journey}", throughline_step_name: "${step}" }`,
  ].join('\n')

/** What a journey declares of its steps: which lie before the conversion, and how soon each has to be usable. */
function declared({ name, steps, converts, ready }: Journey): string[] {
  const conversion = steps.findIndex((step) => step.name === converts)
  return steps.flatMap((step, index) => {
    const target = ready[step.name]?.p75
    return [
      ...(index < conversion ? [record('throughline:step:declared', 1, name, step.name)] : []),
      ...(target === undefined
        ? []
        : [record('throughline:step_ready:target_milliseconds', target, name, step.name)]),
    ]
  })
}

/** Recording and alert rules for Prometheus, as YAML. */
export const alertRules = (journeys: readonly Journey[]): string =>
  // At the end of a comment, so that the file is YAML as it stands.
  fill(promText('rules.yaml'), {
    declared: journeys
      .flatMap(declared)
      .map((rule) => `\n${rule}`)
      .join(''),
  })

/** Targets that the counters cannot measure, so that no alert can fire. */
export const unreachableTargets = (journeys: readonly Journey[]): string[] =>
  journeys.flatMap(({ name, ready }) =>
    Object.entries(ready).flatMap(([step, target]) =>
      target && target.p75 >= LONGEST ? [`${name}/${step}`] : [],
    ),
  )
