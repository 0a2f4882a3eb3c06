import type { AnalyseOptions } from '../ask/analyse'
import { analyse } from '../ask/analyse'
import { recentRuns } from '../ask/recent-runs'
import { runTimeline } from '../ask/run-timeline'
import type { Selection } from '../ask/selection'
import { parseSelection } from '../ask/selection'
import type { Definitions } from '../config'
import type { Engine } from '../engine'
import type { ReportPart, Result } from '../result'

/** What an agent passes; it is checked here, whatever it is. */
export type Arguments = Readonly<Record<string, unknown>>

/** A question that an agent can ask. */
export interface Tool {
  readonly name: string
  readonly description: string
  readonly inputSchema: {
    readonly type: 'object'
    readonly properties: Readonly<Record<string, object>>
    readonly required?: string[]
    readonly additionalProperties: false
  }
  answer(engine: Engine, definitions: Definitions, given: Arguments): Promise<unknown>
}

const text = (description: string) => ({ type: 'string', maxLength: 200, description })

/** Which runs a question is about. */
const SELECTION = {
  journey: text('Only this journey, by its declared name'),
  since: text('Only runs that started from here on: 7d (ago) or 2026-01-31'),
  until: text('Only runs that started before'),
  timezone: text('What dates are meant in, such as Europe/Berlin'),
}

const stringOf = (given: Arguments, name: string): string | undefined =>
  given[name] === undefined ? undefined : String(given[name]).slice(0, 200)

function selectionOf(given: Arguments): AnalyseOptions {
  const selection: Selection = Object.fromEntries(
    Object.keys(SELECTION).map((name) => [name, stringOf(given, name)]),
  )
  return parseSelection(selection, new Date())
}

function tool(
  name: string,
  description: string,
  properties: Tool['inputSchema']['properties'],
  answer: Tool['answer'],
  required: string[] = [],
): Tool {
  return {
    name,
    description,
    inputSchema: {
      type: 'object',
      properties,
      additionalProperties: false,
      ...(required.length && { required }),
    },
    answer,
  }
}

/** What every answer says of the time and the trust that its figures deserve. */
const aboutOf = ({ since, until, timeZone, unit, trust }: Result) => ({
  since,
  until,
  timeZone,
  unit,
  findings: trust.notes,
})

const part = (
  name: ReportPart,
  description: string,
  pick: (journey: Result['journeys'][number]) => object,
): Tool =>
  tool(name, description, SELECTION, async (engine, definitions, given) => {
    const result = await analyse(engine, definitions, { ...selectionOf(given), parts: [name] })
    const journeys = result.journeys.map((journey) => ({
      name: journey.name,
      version: journey.version,
      runs: journey.runs,
      conversions: journey.conversions,
      ...pick(journey),
    }))
    return { ...aboutOf(result), journeys }
  })

/** The questions. None takes SQL, and no answer holds the id of a person. */
export const TOOLS: readonly Tool[] = [
  tool(
    'journeys',
    'The declared journeys with their steps, and the hypotheses',
    {},
    async (_, { journeys, hypotheses }) => ({
      journeys: journeys.map(({ name, version, steps, converts, ready }) => ({
        name,
        version,
        steps: steps.map((step) => step.name),
        converts,
        ready,
      })),
      hypotheses: hypotheses.map(({ id, statement, journey, variants }) => ({
        id,
        statement,
        journey,
        variants,
      })),
    }),
  ),
  part(
    'funnel',
    'How far people come in each journey, how long steps take, and why people leave',
    ({ steps, rate, value, satisfaction }) => ({
      rate,
      value,
      steps,
      satisfaction,
    }),
  ),
  part(
    'latency',
    'Conversion by latency of each step, crude and within strata: associations, not effects',
    ({ latency }) => ({ latency }),
  ),
  part('errors', 'What errors cost in conversions, and where they come from', ({ errors }) => ({ errors })),
  part(
    'endpoints',
    'What slow and failing endpoints cost in conversions, and where that comes from',
    ({ endpoints }) => ({
      endpoints,
    }),
  ),
  tool(
    'hypotheses',
    'Whether hypotheses (experiments) hold: verdict, reasons, variants, guardrails, and what is still needed',
    SELECTION,
    async (engine, definitions, given) => {
      const result = await analyse(engine, definitions, { ...selectionOf(given), parts: ['hypotheses'] })
      return { ...aboutOf(result), hypotheses: result.hypotheses }
    },
  ),
  tool(
    'doctor',
    'What speaks against the numbers, what that does to them, and what to do about it',
    SELECTION,
    async (engine, definitions, given) =>
      (await analyse(engine, definitions, { ...selectionOf(given), parts: ['hypotheses'] })).trust,
  ),
  tool(
    'runs',
    'The newest runs, and what became of each',
    { ...SELECTION, limit: { type: 'integer', minimum: 1, maximum: 100, description: '20 if left out' } },
    async (engine, definitions, given) => {
      const limit = Math.min(100, Math.max(1, Math.floor(Number(given.limit ?? 20)) || 20))
      return recentRuns(engine, definitions, { ...selectionOf(given), limit })
    },
  ),
  tool(
    'run',
    'Everything that is stored of one run, in order of time: steps, vitals, errors, requests, spans, and what is missing',
    { id: text('The id of the run') },
    (engine, definitions, given) => runTimeline(engine, definitions, stringOf(given, 'id') ?? ''),
    ['id'],
  ),
]
