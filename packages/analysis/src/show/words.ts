import {
  between,
  change,
  count,
  declared,
  duration,
  firstOf,
  moment,
  money,
  odds,
  percent,
  plain,
  plural,
  probability,
  score,
  UNKNOWN,
  withInterval,
} from '../format'
import type {
  Cause,
  Estimate,
  FindingKind,
  FunnelStep,
  GuardrailResult,
  HypothesisResult,
  JourneyResult,
  LatencyResult,
  LeavingReason,
  LostConversions,
  Problem,
  Ranking,
  Result,
  SatisfactionResult,
  TrustResult,
} from '../result'
import { decidingOdds, excludes, isEmpty, isOnlySynthetic } from './highlights'

const MEASURES: Record<LatencyResult['measure'], string> = {
  ready: 'time to ready',
  lcp: 'largest contentful paint (LCP)',
  inp: 'interaction to next paint (INP)',
  cls: 'layout shift (CLS)',
  fcp: 'first contentful paint (FCP)',
  ttfb: 'time to first byte (TTFB)',
  'first-interaction': 'first interaction',
}

/** What times to convert are of, behind them; empty when they are of all conversions. */
export const untimedText = (untimed = 0): string =>
  untimed ? `without ${count(untimed)} whose time is not known` : ''

/** Why events were refused, and how many errors pages left out; with a space before each. */
export function accountText({ refusedFor, errorsIgnored }: Result['trust']['delivery']): string {
  const reasons = refusedFor.map(({ reason, events }) => `${count(events)} ${plain(reason)}`)
  return [
    reasons.length ? ` Refused for: ${firstOf(reasons, 5)}.` : '',
    errorsIgnored
      ? ` ${plural(errorsIgnored, 'error')} left out by pages: benign, of extensions, or in ignoreErrors.`
      : '',
  ].join('')
}

/** What servers say of their events; empty when none has said anything. */
export function serversText({ instances, emitted, recovered, ...rest }: TrustResult['servers']): string {
  if (!emitted && !recovered) return ''
  const { delivered, dropped, refused, pending } = rest
  const parts = [
    `${count(delivered)} delivered`,
    `${count(dropped)} dropped`,
    `${count(refused)} refused`,
    `${count(pending)} on the way`,
  ]
  const after = recovered ? ` ${plural(recovered, 'event')} arrived after a restart.` : ''
  return `${plural(instances, 'server process', 'server processes')} kept ${plural(emitted, 'event')} until taken: ${parts.join(', ')}.${after}`
}

/** What makes a report look emptier than the data is. */
const NAMES: readonly (FindingKind | undefined)[] = [
  'undeclared',
  'unknown-version',
  'never-seen',
  'other-spans',
]
/** Of those, how many are said ahead of a report; all are in its last section. */
const NAMES_SHOWN = 5

/** What is in the data and not declared, and what is declared and not in the data: sentences. */
export function otherNames({ notes }: TrustResult): string[] {
  const found = notes.filter(({ kind }) => NAMES.includes(kind)).map(({ text }) => plain(text))
  const more = found.length - NAMES_SHOWN
  return [...found.slice(0, NAMES_SHOWN), ...(more > 0 ? [`${count(more)} more`] : [])]
}

/** What was done with crawlers and tests, behind the time of a report; empty when there are none. */
export function syntheticText({ synthetic: { shown, runs } }: Result): string {
  if (!runs) return ''
  const whose = `${plural(runs, 'synthetic run')} (crawlers, tests)`
  if (shown === 'exclude') return `; ${whose} left out`
  return shown === 'only' ? `; only ${whose}` : `; ${whose} included`
}

/** Runs of crawlers and tests, where there is nothing else. */
const onlySyntheticText = ({ synthetic: { runs } }: Result) =>
  `${runs === 1 ? 'The only run is' : `All ${count(runs)} runs are`} synthetic: made by crawlers or tests, such as a browser that Playwright drives. They are left out unless asked for: throughline report --synthetic include, or ?synthetic=include in the live page's address.`

/** Where filters select nothing: how to find what can be asked for. */
function nothingSelectedText({ cut: { where } }: Result): string {
  const filters = where.map(
    ({ key, values }) => `${plain(key)} = ${values.map((value) => plain(value) || 'unknown').join(' or ')}`,
  )
  const key = plain(where[0]!.key)
  return `Of the runs of this time none has ${filters.join(' and ')}. throughline report --by ${key}, or ?by=${key} in the live page's address, shows the values that there are.`
}

/** Why a report is empty, though there are data; undefined if it is not empty, or nothing has arrived yet. */
export function whyEmpty(result: Result): { readonly title: string; readonly text: string } | undefined {
  if (!isEmpty(result)) return undefined
  const elsewhere = result.trust.notes.find(({ kind }) => kind === 'other-time')
  if (elsewhere)
    return {
      title: 'No run started in this time',
      text: `${plain(elsewhere.text)} ${elsewhere.advice ?? ''}`,
    }
  if (result.cut.where.length > 0)
    return { title: 'No run is one of those asked for', text: nothingSelectedText(result) }
  if (isOnlySynthetic(result))
    return { title: 'Only crawlers and tests so far', text: onlySyntheticText(result) }
  return undefined
}

/** What is counted: `12 runs`, `1 person`. */
export const units = (number: number, unit: Result['unit']) =>
  unit === 'run' ? plural(number, 'run') : plural(number, 'person', 'people')

/**
 * All columns of a funnel, which add up to all runs; null when the table says it all. Of those that began later the
 * way there is not known, so they are in no step.
 */
export function everyone(journey: JourneyResult, unit: Result['unit']): string | null {
  const { runs, conversions, stillGoing, beganLater, steps, finishedRate } = journey
  if (!stillGoing && !beganLater.runs) return null
  const left = steps.reduce((sum, step) => sum + step.droppedOff, 0)
  const later = [
    beganLater.conversions && `${count(beganLater.conversions)} converted`,
    ...beganLater.value.map(({ amount, currency }) => `worth ${money(amount, currency)}`),
    beganLater.stillGoing && `${count(beganLater.stillGoing)} may still go on`,
  ].filter(Boolean)
  const columns = [
    `${count(conversions - beganLater.conversions)} converted`,
    `${count(left)} left`,
    stillGoing && `${count(stillGoing)} may still go on`,
    beganLater.runs &&
      `${count(beganLater.runs)} began at a later step${later.length ? ` (${later.join(', ')})` : ''}`,
  ].filter(Boolean)
  const rate = finishedRate ? ` Of those that have ended, ${percent(finishedRate.value)} converted.` : ''
  return `Of ${units(runs, unit)}: ${columns.join(', ')}.${rate}`
}

/** What was measured where: `payment: time to ready`. */
export const measureName = ({ step, measure, navigationType }: LatencyResult) =>
  `${plain(step)}: ${MEASURES[measure]}${navigationType ? `, ${plain(navigationType)}` : ''}`

/** From where on a visit counts as slow, and who says so. */
export function thresholdText({ threshold, unit, measure }: LatencyResult): string {
  const limit = unit === 'ms' ? duration(threshold.slowFrom) : score(threshold.slowFrom)
  const source = {
    declared: 'the declared target',
    'web.dev': 'where web.dev’s “good” ends',
    quantiles: 'the slowest quarter',
  }[threshold.source]
  return `${measure === 'cls' ? 'Unstable' : 'Slow'} is over ${limit}, ${source}.`
}

const times = (ratio: Estimate) => `×${withInterval(ratio, odds)}`

/** What slowness goes along with. Never speaks of a cause. */
export function associationClaim(latency: LatencyResult): string {
  const ratio = decidingOdds(latency)
  if (!ratio) return 'There is too little to compare slow visits with others'
  if (!excludes(ratio, 1)) return 'No clear association between slow visits and converting'
  return `Slow visits are associated with ${ratio.value < 1 ? 'lower' : 'higher'} odds of converting`
}

/** What the adjusted odds allow for. */
export const adjustedFor = ({ strata, adjusted }: LatencyResult) =>
  adjusted && strata.length ? `adjusted for ${strata.map(plain).join(', ')}` : 'not adjusted for anything'

/** The claim with its odds, adjusted and crude side by side. */
export function associationText(latency: LatencyResult): string {
  const { crude, adjusted } = latency
  const odds = [adjusted && `${adjustedFor(latency)} ${times(adjusted)}`, crude && `crude ${times(crude)}`]
  return `${associationClaim(latency)}: ${odds.filter(Boolean).join('; ')}.`
}

/** Conversions lost, with the interval; says so when there may be none. */
export function lostText(lost: Estimate): string {
  if (lost.low > 0)
    return `about ${plural(Math.round(lost.value), 'conversion')} lost (${between(lost, count)})`
  return `no certain loss (${between(lost, count)} conversions)`
}

/** The worth of what was lost: `€1,204`; several currencies stand side by side. */
export const worthText = (lostValue: LostConversions['lostValue']) =>
  lostValue?.map(({ amount, currency }) => money(amount.value, currency)).join(' + ') ?? UNKNOWN

/** What a problem is called. */
export function problemName({
  kind,
  label,
  key,
  steps,
}: Pick<Problem, 'kind' | 'label' | 'key' | 'steps'>): string {
  if (kind !== 'slow-step')
    return `${kind === 'slow-endpoint' ? 'slow: ' : kind === 'failing-endpoint' ? 'failing: ' : ''}${plain(label)}`
  const [measure, navigationType] = label.split(', ')
  const name = MEASURES[measure as LatencyResult['measure']] ?? key
  return `slow step: ${plain(steps[0]!)}, ${name}${navigationType ? `, ${plain(navigationType)}` : ''}`
}

/** What the correction for the number of comparisons did. */
export function correctionText({ compared, alone, certain }: Ranking): string {
  if (!compared) return ''
  const gone = alone - certain
  const did = gone
    ? `${count(alone)} seem to cost conversions when each is looked at alone; corrected for so many comparisons (Benjamini and Hochberg), ${count(certain)} ${certain === 1 ? 'does' : 'do'}`
    : `corrected for so many comparisons (Benjamini and Hochberg), ${certain ? `${count(certain)} ${certain === 1 ? 'costs' : 'cost'} conversions, as many as when each is looked at alone` : 'none surely costs conversions'}`
  return `${plural(compared, 'problem was', 'problems were')} compared: ${did}.`
}

/** What decides, and why that. */
export const decidedByText = ({ decidedBy }: HypothesisResult) =>
  decidedBy === 'sequential'
    ? 'The always-valid (sequential) interval decides: it may be looked at any time.'
    : 'The fixed-horizon interval decides: the declared end or sample size is reached.'

/** Whether subjects are split as declared. */
export function sampleRatioText({ sampleRatio: { ok, p, expected } }: HypothesisResult): string {
  const split = expected.map((share) => declared(percent(share))).join(' / ')
  return `Sample ratio ${ok ? 'is' : 'is not'} as declared (${split}): ${probability(p)}`
}

/** Above the variants while none that counts has been here long enough; empty otherwise. */
export const preliminaryText = ({ preliminary }: HypothesisResult) =>
  preliminary ? 'Preliminary, not judged: some of these subjects may still convert.' : ''

/** What was left out of the comparison, in words; empty when nothing was. */
export function leftOutText({ leftOut }: HypothesisResult): string {
  const { multipleVariants, immature, withoutSubject } = leftOut
  const parts = [
    immature && `${plural(immature, 'subject')} who may still convert`,
    multipleVariants && `${plural(multipleVariants, 'subject')} with several variants`,
    withoutSubject && `${plural(withoutSubject, 'run')} without a subject`,
  ].filter(Boolean)
  return parts.length ? `Left out: ${parts.join(', ')}.` : ''
}

/** What a guardrail watches: `INP at payment`. */
export const guardrailName = ({ metric, step }: GuardrailResult) =>
  `${metric.length <= 4 ? metric.toUpperCase() : plain(metric)}${step ? ` at ${plain(step)}` : ''}`

/** A guardrail's limit and measurement, in the limit's unit. */
export function guardrailNumbers({ metric, limit, measured, status }: GuardrailResult) {
  const quantile = limit.p75AtMost !== undefined
  const write = quantile ? (metric === 'cls' ? score : duration) : change
  const worst = quantile ? limit.p75AtMost! : (limit.relativeAtMost ?? 0)
  const falls = !quantile && metric === 'conversion'
  return {
    limit: falls
      ? `falls at most ${declared(percent(worst))}`
      : `${quantile ? 'p75 ' : ''}at most ${declared(write(worst))}`,
    measured: measured
      ? withInterval(measured, write)
      : status === 'unknown'
        ? 'too little to tell'
        : 'the control has none',
  }
}

const LEAVING: Record<LeavingReason, string> = {
  error: 'met an error',
  'failing-request': 'had a request fail',
  'not-ready': 'left before it was usable',
  slow: 'waited longer than the target',
  'went-back': 'went back',
  'at-once': 'left within 2 s',
  other: 'none of these',
}

/** Why those who left a step did, in the order in which it is asked: `120 (40 %) met an error`. */
export const leavingTexts = ({ leftBecause = [], droppedOff }: FunnelStep): string[] =>
  leftBecause.map(
    ({ reason, units }) =>
      `${count(units)} (${percent(units / Math.max(1, droppedOff))}) ${LEAVING[reason] ?? plain(reason)}`,
  )

/** The mean of scores as a share of the scale: `72.0 % (70.1 to 73.9 %)`. */
export const scoreText = (mean: Estimate & { readonly scores: number }) =>
  `${withInterval(mean, percent)} of the scale, by ${plural(mean.scores, 'score')}`

/** How satisfied people were at a step, against conversion and readiness. */
export function satisfactionTexts({ mean, grades, readiness }: SatisfactionResult): string[] {
  const named = { low: 'low', middle: 'middling', high: 'high' }
  const rates = grades
    .filter(({ scores }) => scores > 0)
    .map(
      ({ grade, rate, scores }) => `${percent(rate.value)} of ${count(scores)} with a ${named[grade]} score`,
    )
  return [
    `Mean ${scoreText(mean)}. Converted: ${rates.join(', ')}.`,
    ...(readiness
      ? [
          `Ready within ${duration(readiness.slowFrom)}: mean ${scoreText(readiness.fast)}; later: ${scoreText(readiness.slow)}. An association, not an effect.`,
        ]
      : []),
  ]
}

/** Where a problem was seen: first and last time, releases and browsers. */
export function causeTexts(
  { firstSeen, lastSeen, releases, browsers }: Cause,
  kind: Problem['kind'],
  timeZone: string,
): string[] {
  const where = [
    releases.length > 0 && `releases ${firstOf(releases, 5)}`,
    browsers.length > 0 && `browsers ${firstOf(browsers, 5)}`,
  ].filter(Boolean)
  return [
    `Seen from ${moment(firstSeen, timeZone)} to ${moment(lastSeen, timeZone)}.`,
    ...(where.length ? [`${kind === 'error' ? 'In' : 'Pages that met it last:'} ${where.join('; ')}.`] : []),
  ]
}

/** Of which steps it was only observed when they were ready; empty if of none. */
export function observedText(steps: readonly FunnelStep[]): string {
  const observed = steps
    .filter(({ readySource }) => readySource === 'observed')
    .map(({ name }) => plain(name))
  if (!observed.length) return ''
  return `When ${observed.join(', ')} ${observed.length === 1 ? 'was' : 'were'} ready was observed (main thread idle, page quiet): the application does not say it.`
}
