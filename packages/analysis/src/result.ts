/** The version of the form of a result. */
export const RESULT_SCHEMA_VERSION = 1

/** What one analysis found. The terminal, JSON, HTML and the live page are views of this object and compute nothing. */
export interface Result {
  /**
   * The version of this form. A field that is added leaves it as it is; one that is removed, or means something else,
   * raises it.
   */
  readonly schemaVersion: number
  readonly generatedAt: string
  /** Runs that started in this window, ISO 8601. */
  readonly since: string
  readonly until: string
  /** The time zone in which dates and days are meant, an IANA name. */
  readonly timeZone: string
  /** Traffic of crawlers and tests (`user_agent.synthetic.type`): what was done with it, and how many runs it is. */
  readonly synthetic: { readonly shown: Synthetic; readonly runs: number }
  /** What of it was asked for. */
  readonly cut: Cut
  /** Deploys and incidents of this time, and releases that were first seen in it, in order. */
  readonly marks: readonly Mark[]
  /** What was counted: attempts, or people: the visits of all their attempts in order. */
  readonly unit: 'run' | 'subject'
  readonly journeys: readonly JourneyResult[]
  readonly hypotheses: readonly HypothesisResult[]
  readonly trust: TrustResult
}

/** A part of a report that can be asked for alone. */
export type ReportPart = 'funnel' | 'latency' | 'errors' | 'endpoints' | 'hypotheses'

/** Which runs a result is about, and how it looks at them. */
export interface Cut {
  /** Runs that have one of the values of each key. An empty value stands for runs that have none. */
  readonly where: readonly { readonly key: string; readonly values: readonly string[] }[]
  /** The step that latency, errors and endpoints are of; all if null. */
  readonly step: string | null
  readonly by: string | null
  readonly every: 'hour' | 'day' | 'week' | null
  /** What figures are compared with: the time before, a release, or another time. */
  readonly against: string | null
}

/** Something that happened at a time, which may explain a change. */
export interface Mark {
  readonly kind: 'deploy' | 'incident' | 'release'
  readonly label: string
  readonly at: string
  /** When an incident ended; null for a moment, and while it goes on. */
  readonly end: string | null
}

/** Runs that have something in common. In every cut, counts and amounts of all parts add up to those of the journey. */
export interface Part {
  readonly runs: number
  readonly conversions: number
  readonly rate: Estimate
  readonly value: readonly Amount[]
  readonly beganLater: { readonly runs: number; readonly conversions: number }
  /** Began at the first step and may still go on. */
  readonly stillGoing: number
  readonly lost: number
  /** Runs in which an error was met. */
  readonly errorRuns: number
  readonly steps: readonly PartStep[]
}

export interface PartStep {
  readonly name: string
  readonly reached: number
  readonly droppedOff: number
  readonly stillGoing: number
  /** The 75th percentile of `ready_ms` with its interval; null when there are too few measurements for one. */
  readonly ready: Estimate | null
}

/** Runs of one value; the largest ten have one each. */
export interface BreakdownPart extends Part {
  readonly kind: 'value' | 'other' | 'unknown'
  /** The value; empty for all others and for none. */
  readonly label: string
  /** Results of earlier releases lack it, and the next. */
  readonly costs?: PartCosts
  /**
   * What surely costs the most among these runs, after a correction for all that was compared in all parts; null if
   * nothing does, or it was not asked for.
   */
  readonly costliest?: PartProblem | null
}

/** What costs the most in one part of a breakdown. */
export interface PartProblem extends Pick<Problem, 'key' | 'label' | 'kind' | 'service' | 'steps' | 'lost'> {}

/** What costs conversions among the runs of one part, by the same methods as in the whole. */
export interface PartCosts {
  /** By step and measure. What is slow is the same in every part. */
  readonly slow: readonly PartSlowness[]
  /** The 20 most expensive first. */
  readonly errors: readonly PartLoss[]
  readonly endpoints: readonly PartLoss[]
}

/** Conversion when a step was slow against when it was not. An association unless randomised. */
export interface PartSlowness {
  readonly step: string
  readonly measure: LatencyResult['measure']
  readonly navigationType: string | null
  readonly slowFrom: number
  /** Visits with a measurement, and those of them that were slow: of all parts they add up to those of the whole. */
  readonly visits: number
  readonly slow: number
  /** Odds of converting when slow, within strata; null when they cannot be computed. */
  readonly adjusted: Estimate | null
  readonly lost: Estimate | null
}

export interface PartLoss {
  readonly key: string
  readonly label: string
  readonly kind: LostConversions['kind']
  readonly service: string
  /** Where it was met, before a conversion. */
  readonly steps: readonly string[]
  /** First visits to a step that met it, and those whose run converted. */
  readonly visits: number
  readonly converted: number
  readonly lost: Estimate
}

export interface Breakdown {
  readonly by: string
  /** Most runs first; then all other values, then runs without any. */
  readonly parts: readonly BreakdownPart[]
}

/** Runs that began in one hour, day or week. */
export interface TrendPart extends Part {
  readonly from: string
  readonly to: string
}

/** A difference, now minus before, with its interval. */
export interface Change {
  readonly now: number
  readonly before: number
  readonly difference: Estimate
}

/** How figures differ from those of another time or release. */
export interface ChangeResult {
  /** What it is compared with, in words. */
  readonly against: string
  /** Runs of both that could no longer convert later; all below is of those. */
  readonly runs: { readonly now: number; readonly before: number }
  /** Left out: they may still convert. */
  readonly immature: number
  /** Within what shares were compared: as the two differ in it, it cannot be what made the difference. */
  readonly strata: 'weekday and hour' | 'hour' | 'none'
  /** Runs in strata that only one of both has, in no share below. */
  readonly unmatched: number
  /** Runs a day. */
  readonly perDay: Change | null
  readonly rate: Change | null
  /** Of those who started. */
  readonly reached: readonly { readonly step: string; readonly change: Change | null }[]
  /** Share of runs that met an error. */
  readonly errors: Change | null
  /** p75 of `ready_ms`; not stratified. */
  readonly ready: readonly { readonly step: string; readonly change: Change }[]
  /** Worth of conversions a day, by currency. */
  readonly valuePerDay: readonly { readonly currency: string; readonly change: Change }[]
}

/** What an incident cost: what was to be expected of its time, minus what there was. */
export interface IncidentCost {
  readonly mark: Mark
  /** Hours of the incident that lie in the time of the report. */
  readonly hours: number
  /** Runs that never began. */
  readonly runs: { readonly expected: number; readonly observed: number; readonly missing: Estimate }
  readonly conversions: { readonly expected: number; readonly observed: number; readonly missing: Estimate }
  /** By the mean value of a conversion; null without values. */
  readonly lostValue: readonly { readonly currency: string; readonly amount: Estimate }[] | null
}

/** Something that may cost conversions: an error, an endpoint, or a step that is slow. */
export interface Problem {
  /** An error's fingerprint, an endpoint's `METHOD route`, or a step and its measure. */
  readonly key: string
  readonly label: string
  readonly kind: LostConversions['kind'] | 'slow-step'
  readonly service: string
  readonly steps: readonly string[]
  readonly occurrences: number
  readonly runs: number
  readonly converted: number
  readonly lost: Estimate
  readonly lostValue: LostConversions['lostValue']
  /** Share of the affected runs (of a slow step: visits) that converted all the same. */
  readonly recovered: Estimate
  /** Probability of a loss or gain like this if it cost nothing, and the same corrected for all that were compared. */
  readonly p: number
  readonly corrected: number
  /** It costs conversions, also after the correction. */
  readonly certain: boolean
}

/** All problems of a journey, most expensive first. */
export interface Ranking {
  readonly problems: readonly Problem[]
  /** How many were compared. */
  readonly compared: number
  /** How many seem to cost conversions when each is looked at alone, and how many do after the correction. */
  readonly alone: number
  readonly certain: number
}

/** Whether runs of crawlers and tests are left out, are counted like all others, or are the only ones. */
export type Synthetic = 'exclude' | 'include' | 'only'

/** An estimate with its interval, 95 % unless `level` says otherwise. Rates are shares of 1, never percent. */
export interface Estimate {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** An interval with the p-value of no effect by the same method: below 0.05 exactly when the interval excludes 0. */
export interface Test extends Estimate {
  readonly p: number
}

export interface JourneyResult {
  readonly name: string
  readonly version: string
  /**
   * All runs. Each is in one column: it converted, was lost at a step (`droppedOff`), may still go on (`stillGoing`),
   * or began at a later step (`beganLater`).
   */
  readonly runs: number
  /** Those of runs that began later are among them. */
  readonly conversions: number
  /** Wilson interval. */
  readonly rate: Estimate
  readonly value: readonly Amount[]
  /** Runs that began behind the first required step: their way there is not known. */
  readonly beganLater: {
    readonly runs: number
    readonly conversions: number
    readonly stillGoing: number
    readonly value: readonly Amount[]
  }
  /** Began at the first step, began less than `within` ago, and have not ended. */
  readonly stillGoing: number
  /** Without the runs that may still go on; null when there are none. */
  readonly finishedRate: Estimate | null
  /** From the first enter to the conversion; null when nobody converted. */
  readonly timeToConvert: Quantiles | null
  /**
   * Conversions of runs that began at the first step of which nobody can tell when they happened: a server says so,
   * whose clock nothing compares with the browser's. They are in no time. Results of earlier releases lack it.
   */
  readonly untimed?: number
  readonly steps: readonly FunnelStep[]
  readonly latency: readonly LatencyResult[]
  /** Most expensive first. */
  readonly errors: readonly LostConversions[]
  readonly endpoints: readonly LostConversions[]
  readonly ranking: Ranking
  /** null if it was not asked for; so are the next two. */
  readonly breakdown: Breakdown | null
  readonly trend: readonly TrendPart[] | null
  readonly change: ChangeResult | null
  /** Those that are marked and lie in the time of the report. */
  readonly incidents: readonly IncidentCost[]
  /** By step, where any score was given. Results of earlier releases lack it. */
  readonly satisfaction?: readonly SatisfactionResult[]
}

/** The scores given on one step, as shares of their scale: 4 of 5 is 0.8. An association, not an effect. */
export interface SatisfactionResult {
  readonly step: string
  readonly mean: Estimate & { readonly scores: number }
  /** Low up to 0.6, middle up to 0.8, high above; with how many of the runs converted. */
  readonly grades: readonly {
    readonly grade: 'low' | 'middle' | 'high'
    readonly scores: number
    readonly conversions: number
    readonly rate: Estimate
  }[]
  /**
   * Scores of visits that were ready later than `slowFrom` (ms; the declared target, else the 75th percentile), and of
   * the others; null where either has none.
   */
  readonly readiness: {
    readonly slowFrom: number
    readonly fast: Estimate & { readonly scores: number }
    readonly slow: Estimate & { readonly scores: number }
  } | null
}

/** What conversions are worth. */
export interface Amount {
  readonly currency: string
  readonly amount: number
}

/** In ms. */
export interface Quantiles {
  readonly p50: number
  readonly p75: number
  readonly p95: number
}

export interface FunnelStep {
  readonly name: string
  readonly index: number
  readonly optional: boolean
  /** Reached, by the funnel's rules. */
  readonly reached: number
  /** Of those who started. */
  readonly fromStart: Estimate
  /** Of those who reached the required step before it; 1 for the first. */
  readonly fromPrevious: Estimate
  /** Reached this step and neither a later one nor a conversion, and will not. */
  readonly droppedOff: number
  /** Reached this step as their last so far, and may still go on. */
  readonly stillGoing: number
  /** First enter of this step to first enter of the next on the run's own path; null when nobody went on. */
  readonly timeToNext: Quantiles | null
  /** `ready_ms` of its visits; null when none was measured. */
  readonly ready: Quantiles | null
  /**
   * Who says when it is ready: the application, or, where that never does, what was observed (main thread idle, DOM
   * quiet). The two are never mixed. Left out when none was measured, and in results of earlier releases.
   */
  readonly readySource?: 'application' | 'observed'
  /** The declared target and whether the measured 75th percentile meets it. */
  readonly readiness: { readonly p75AtMost: number; readonly met: boolean | null } | null
  /** Visits per run that came here, and how many visits ended by going back or by failing. */
  readonly attempts: { readonly mean: number; readonly returned: number; readonly failed: number }
  /** Why those who left here did, one reason each: they add up to `droppedOff`. Results of earlier releases lack it. */
  readonly leftBecause?: readonly { readonly reason: LeavingReason; readonly units: number }[]
}

/**
 * What happened on the last visit to the step that a run reached last. In this order, the first that applies: an
 * error; a request that failed; not yet usable when they left; slower than the declared target; they went back to an
 * earlier step; they left within two seconds; none of it.
 */
export type LeavingReason =
  | 'error'
  | 'failing-request'
  | 'not-ready'
  | 'slow'
  | 'went-back'
  | 'at-once'
  | 'other'

/** Conversion by latency bucket of one measure on one step. An association unless randomised. */
export interface LatencyResult {
  readonly step: string
  readonly measure: 'ready' | 'lcp' | 'inp' | 'cls' | 'fcp' | 'ttfb' | 'first-interaction'
  /** Vitals are never pooled across navigation types; null for `ready`. */
  readonly navigationType: string | null
  readonly unit: 'ms' | 'score'
  readonly threshold: { readonly slowFrom: number; readonly source: 'declared' | 'web.dev' | 'quantiles' }
  /** In order; a last one with `from: null` holds the visits without a measurement. */
  readonly buckets: readonly LatencyBucket[]
  /** Odds of converting when slow against when not, over everyone. */
  readonly crude: Estimate | null
  /** The same within strata (Mantel-Haenszel); null when it cannot be computed. */
  readonly adjusted: Estimate | null
  readonly strata: readonly string[]
  /** Conversions that the slow visits would have added at the rate of the others of their stratum. */
  readonly lost: Estimate | null
  /** Of what surely costs conversions: which visits were slow. */
  readonly cause?: Cause
}

export interface LatencyBucket {
  readonly label: string
  readonly from: number | null
  readonly to: number | null
  readonly slow: boolean
  readonly visits: number
  readonly conversions: number
  readonly rate: Estimate
}

/**
 * What one error or endpoint costs: expected minus observed conversions within strata of step, device, network,
 * country.
 */
export interface LostConversions {
  /** The error's fingerprint, or the endpoint's `METHOD route`. */
  readonly key: string
  readonly label: string
  readonly kind: 'error' | 'slow-endpoint' | 'failing-endpoint'
  readonly service: string
  readonly steps: readonly string[]
  readonly occurrences: number
  readonly runs: number
  readonly converted: number
  readonly lost: Estimate
  /** The lost conversions' worth, by the mean value of a conversion; null without values. */
  readonly lostValue: readonly { readonly currency: string; readonly amount: Estimate }[] | null
  /** Share of the affected runs that converted all the same. */
  readonly recovered: Estimate
  /** Of the most expensive and the most frequent errors, and of the most expensive endpoints. */
  readonly cause?: Cause
}

/**
 * Where an error, a slow or failing endpoint, or a slow step comes from. Texts are from telemetry: anybody may have
 * written them.
 */
export interface Cause {
  /** ISO 8601, in the time looked at. */
  readonly firstSeen: string
  readonly lastSeen: string
  /** `service.version` of what met it; of endpoints and slow steps, that of the newest pages; so are browsers. */
  readonly releases: readonly string[]
  readonly browsers: readonly string[]
  /** The last one, at most 4,000 characters; empty if none was recorded, and of all but errors. */
  readonly stack: string
  /** The newest runs that met it. */
  readonly examples: readonly CauseExample[]
}

/** A run that met a problem. */
export interface CauseExample {
  readonly run: string
  /** Empty where its spans are kept no more. */
  readonly trace: string
  readonly at: string
  /** Of the service that answered; of endpoints alone, where it is known. */
  readonly release?: string
}

export type Verdict = 'supported' | 'refuted' | 'inconclusive' | 'invalid'

export interface HypothesisResult {
  readonly id: string
  readonly statement: string
  readonly journey: string
  readonly verdict: Verdict
  /** The verdict's reasons, in sentences, most important first. */
  readonly reasons: readonly string[]
  readonly variants: readonly VariantResult[]
  readonly comparisons: readonly Comparison[]
  readonly guardrails: readonly GuardrailResult[]
  readonly sampleRatio: { readonly p: number; readonly ok: boolean; readonly expected: readonly number[] }
  readonly leftOut: {
    readonly multipleVariants: number
    /** Of those, who met each variant under another name: before and after an alias made two names one subject. */
    readonly underTwoNames: number
    readonly immature: number
    readonly withoutSubject: number
  }
  /**
   * Subjects whose only conversion is on the word of a server whose clock cannot be compared with the browser's: those
   * that are counted without asking when, and those that are not counted, since it may have come before the exposure.
   */
  readonly untested: { readonly counted: number; readonly notCounted: number }
  /** All who met a variant, also those who may still convert; null once every variant has subjects that count. */
  readonly preliminary: readonly VariantResult[] | null
  readonly decidedBy: 'sequential' | 'fixed'
  /** What stands between an inconclusive verdict and a verdict. */
  readonly blockers: readonly Blocker[]
}

/** One thing that keeps a hypothesis from being decided. */
export interface Blocker {
  /** The metric of the guardrail; null for the effect itself. */
  readonly guardrail: string | null
  readonly step: string | null
  readonly variant: string
  /** How many more subjects per variant would probably tell; null if none would, or nothing tells how many. */
  readonly subjects: number | null
  /** When so many will have been counted, at the pace so far, ISO 8601; null if that is not known or far away. */
  readonly about: string | null
}

export interface VariantResult {
  readonly variant: string
  readonly control: boolean
  readonly subjects: number
  readonly conversions: number
  readonly rate: Estimate
}

/** A treatment against the control. No share falls by more than all of it, so intervals end at −1. */
export interface Comparison {
  readonly variant: string
  readonly relative: { readonly fixed: Test; readonly sequential: Test }
  readonly absolute: { readonly fixed: Test; readonly sequential: Test }
  /** The expected effect as declared, in the unit that it was declared in. */
  readonly expected: { readonly relative?: number; readonly absolute?: number }
}

export interface GuardrailResult {
  readonly variant: string
  readonly metric: string
  readonly step: string | null
  readonly limit: { readonly p75AtMost?: number; readonly relativeAtMost?: number }
  /**
   * The treatment's 75th percentile, or the relative change (`0.05` is 5 % more). Its bounds are one-sided at 95 %
   * each, and always valid while the always-valid interval decides; null when there is too little to tell, and for a
   * relative change where the control has none (then `status` may be `violated`).
   */
  readonly measured: Estimate | null
  readonly status: 'holds' | 'violated' | 'unknown'
}

/** What speaks against the numbers, or has to be known to read them. */
export interface Finding {
  /** `warning`s change how the report should be read; `info`s are for the curious. */
  readonly level: 'warning' | 'info'
  /** What was found and how often, in a sentence. */
  readonly text: string
  /** Results of earlier releases lack the rest. */
  readonly kind?: FindingKind
  /** What it does to the figures. */
  readonly effect?: string
  /** What to do about it. */
  readonly advice?: string
}

/** What a finding is about. */
export type FindingKind =
  | 'loss'
  | 'loss-by-browser'
  | 'loss-by-step'
  | 'loss-by-variant'
  | 'server-loss'
  | 'no-accounts'
  | 'arrived-later'
  | 'clocks'
  | 'sampling'
  | 'long-runs'
  | 'without-browser'
  | 'no-visit'
  | 'outside-window'
  | 'aliases'
  | 'sample-ratio'
  | 'exposures'
  | 'missing-exposures'
  | 'late-exposures'
  | 'undeclared'
  | 'never-seen'
  | 'unknown-version'
  | 'synthetic'
  | 'duplicates'
  | 'forged'
  | 'behind'
  | 'filtered'
  | 'existing'
  | 'other-spans'
  | 'other-time'

/** Can these numbers be trusted? */
export interface TrustResult {
  /** What changes how the report should be read, warnings first. */
  readonly notes: readonly Finding[]
  readonly delivery: {
    readonly pages: number
    /** Of each page at least the largest number that was stored. The next five add up to it. */
    readonly emitted: number
    /** Are stored. */
    readonly delivered: number
    /** Definitely not taken by the endpoint. */
    readonly refused: number
    /** Why it refused them, most frequent first, as the pages were told. */
    readonly refusedFor: readonly { readonly reason: string; readonly events: number }[]
    readonly dropped: number
    /** On the way. */
    readonly pending: number
    /** Of pages without a final account: they were killed, or are still open. */
    readonly unaccounted: number
    readonly recovered: number
    readonly withoutAccount: number
    /** Errors that pages left out: benign, foreign, or in `ignoreErrors`. */
    readonly errorsIgnored: number
  }
  /** What servers say of the events that they kept until their exporter took them (`keepUntilTaken`). */
  readonly servers: {
    readonly instances: number
    /** As of the last account of each. The next four add up to it. */
    readonly emitted: number
    readonly delivered: number
    readonly refused: number
    readonly dropped: number
    /** On the way, or in a file for the next process. */
    readonly pending: number
    /** Delivered of what earlier processes left behind, where they are on the way. */
    readonly recovered: number
  }
  readonly cappedRuns: number
  /**
   * Runs whose median skew between browser and server clock is over five minutes: of all for which a server gives a
   * time that counts, and of ten thousand others of each journey.
   */
  readonly skewedRuns: number
  /** Runs whose clock jumped back between two documents: counted, in the order that their indexes say. */
  readonly jumpedRuns: number
  /** Runs that began in the future, by their own clock: counted as of now. */
  readonly runsAhead: number
  /** Runs of which something arrived before it had happened, by the device's clock, and by how much at most (ms). */
  readonly clocksAhead: { readonly runs: number; readonly most: number }
  /** Conversions by a server whose clock cannot be compared with the browser's: counted without asking when. */
  readonly untestedConversions: number
  readonly exposuresWithoutSubject: number
}
