import { attributes as names } from '@throughline/core'
import { score } from '../format'
import type { RunEntry } from './run-types'

/** A span of a run, or of one of its traces. */
export interface RunSpan {
  /** ms since the epoch. */
  readonly at: number
  readonly trace: string
  readonly span: string
  readonly parent: string
  readonly name: string
  readonly kind: string
  readonly service: string
  readonly duration: number
  /** 0 or 1. */
  readonly failed: number
  readonly attributes: Readonly<Record<string, string>>
  readonly resource: Readonly<Record<string, string>>
  readonly copies: number
}

/** A stack is cut here. */
const LONGEST_STACK = 4000

type About = Pick<RunEntry, 'kind' | 'subject' | 'detail'> & { readonly duration?: number }

/** The first of these that says anything. */
const first = (own: RunSpan['attributes'], ...keys: string[]): string =>
  keys.map((key) => own[key]).find((value) => value) ?? ''

const list = (...parts: (string | undefined | false)[]): string => parts.filter(Boolean).join(', ')

/** What each event span says; other spans are requests, or the work behind one. */
const ABOUT: Readonly<Record<string, (own: RunSpan['attributes'], span: RunSpan) => About>> = {
  [names.STEP_ENTER]: (own) => ({
    kind: 'enter',
    subject: own[names.STEP_NAME] ?? '',
    detail: own[names.STEP_START] ?? '',
  }),
  [names.STEP_READY]: (own) => ({
    kind: 'ready',
    subject: own[names.STEP_NAME] ?? '',
    detail: own[names.STEP_READY_SOURCE] ?? '',
    duration: Number(own[names.STEP_READY_MS]),
  }),
  [names.STEP_LEAVE]: (own, span) => ({
    kind: 'leave',
    subject: own[names.STEP_NAME] ?? '',
    detail: own[names.STEP_OUTCOME] ?? '',
    duration: span.duration,
  }),
  [names.FIRST_INTERACTION]: (own) => ({
    kind: 'interaction',
    subject: 'first interaction',
    detail: '',
    duration: Number(own[names.FIRST_INTERACTION_DURATION_MS]),
  }),
  [names.WEB_VITAL]: (own) => ({
    kind: 'vital',
    subject: (own[names.WEB_VITAL_NAME] ?? '').toUpperCase(),
    detail: list(
      own[names.WEB_VITAL_NAME] === 'cls' && score(Number(own[names.WEB_VITAL_VALUE])),
      own[names.WEB_VITAL_RATING],
      own[names.WEB_VITAL_TARGET],
      own[names.WEB_VITAL_RESOURCE],
    ),
    ...(own[names.WEB_VITAL_NAME] === 'cls' ? {} : { duration: Number(own[names.WEB_VITAL_VALUE]) }),
  }),
  [names.EXCEPTION]: (own) => ({
    kind: 'error',
    subject: [own[names.EXCEPTION_TYPE], own[names.EXCEPTION_MESSAGE]].filter(Boolean).join(': '),
    detail: list(
      own[names.ERROR_HANDLED] === 'true' ? 'handled' : 'not caught',
      Number(own[names.ERROR_COUNT]) > 1 && `${own[names.ERROR_COUNT]} times`,
    ),
  }),
  [names.EXPOSURE]: (own) => ({
    kind: 'exposure',
    subject: own[names.EXPOSURE_HYPOTHESIS] ?? '',
    detail: own[names.EXPOSURE_VARIANT] ?? '',
  }),
  [names.RUN_END]: (own) => ({
    kind: 'outcome',
    subject: own[names.RUN_OUTCOME] ?? '',
    detail: list(
      own[names.RUN_END_REASON],
      own[names.CONVERSION_VALUE] &&
        `${own[names.CONVERSION_VALUE]} ${own[names.CONVERSION_CURRENCY] ?? ''}`.trim(),
    ),
  }),
  [names.SATISFACTION]: (own) => ({
    kind: 'satisfaction',
    subject: `${own[names.SATISFACTION_SCORE] ?? '?'} of ${own[names.SATISFACTION_SCALE] ?? '?'}`,
    detail: '',
  }),
}

function otherSpan(own: RunSpan['attributes'], { name, kind, duration: took }: RunSpan): About {
  if (name.startsWith('throughline.')) return { kind: 'event', subject: name, detail: '' }
  const isRequest =
    /(Server|Client|SERVER|CLIENT)$/.test(kind) && first(own, 'http.request.method', 'http.method')
  const status = first(own, 'http.response.status_code', 'http.status_code')
  return {
    kind: isRequest ? 'request' : 'span',
    subject: name,
    detail: list(
      isRequest &&
        !name.includes('/') &&
        first(own, 'http.route', 'url.full', 'http.url', 'url.path', 'http.target'),
      status && `status ${status}`,
      first(own, 'db.system.name', 'db.system'),
      own['error.type'],
    ),
    duration: took,
  }
}

/** When it is dated, in ms: a leave at its end, as its span begins with the visit. */
export const momentOf = ({ name, at, duration }: RunSpan): number =>
  name === names.STEP_LEAVE ? at + duration : at

/** How many of the run's other spans it hangs below. */
function depthOf(span: RunSpan, byId: ReadonlyMap<string, RunSpan>): number {
  let depth = 0
  for (let above = byId.get(span.parent); above && depth < 8; above = byId.get(above.parent)) {
    // The visit itself is the root.
    if (ABOUT[above.name]) break
    depth++
  }
  return depth
}

/** What a span says of its run. `start` is the time that offsets count from, in ms. */
export function entryOf(span: RunSpan, byId: ReadonlyMap<string, RunSpan>, start: number): RunEntry {
  const { attributes: own, resource } = span
  const { kind, subject, detail, duration: took } = (ABOUT[span.name] ?? otherSpan)(own, span)
  const isPage = resource['telemetry.sdk.language'] === 'webjs'
  const source = own[names.EVENT_SOURCE] ?? (isPage ? 'browser' : 'server')
  return {
    at: new Date(momentOf(span)).toISOString(),
    offset: momentOf(span) - start,
    kind,
    source: source === 'browser' ? 'browser' : 'server',
    service: span.service,
    step: own[names.STEP_NAME] ?? '',
    attempt: Number(own[names.STEP_ATTEMPT] ?? 1) || 1,
    subject,
    detail,
    duration: took !== undefined && Number.isFinite(took) ? took : null,
    failed: span.failed > 0,
    stack: kind === 'error' ? (own[names.EXCEPTION_STACKTRACE] ?? '').slice(0, LONGEST_STACK) : '',
    trace: span.trace,
    span: span.span,
    depth: depthOf(span, byId),
    copies: span.copies,
  }
}
