// Subjects and who met a hypothesis, in plain TypeScript: what the SQL must say of the same runs.
import type { Fate, Rules, Run } from './figures'
import { fateOf, toldOf } from './figures'
import { orderOfRun, wayAlong, wayOfRun } from './order'

/** A run with who it is of ('' for nobody) and when it began, in ms. */
export interface Owned extends Run {
  readonly id: string
  readonly began: number
  readonly subject: string
}

/** What a server says: an anonymous subject became a known one. */
export interface Alias {
  readonly previous: string
  readonly known: string
  readonly time: number
}

/** The first alias of each anonymous subject counts. */
export function personOf(aliases: readonly Alias[]) {
  const first = new Map<string, Alias>()
  for (const alias of [...aliases].sort((a, b) => b.time - a.time)) first.set(alias.previous, alias)
  return (subject: string) => first.get(subject)?.known ?? subject
}

/** What became of each subject: its visits in the order of its runs, within `within` of the first. */
export function fatesOfSubjects(
  runs: readonly Owned[],
  person: (subject: string) => string,
  rules: Rules,
): Fate[] {
  const known = runs.filter(({ subject }) => subject !== '')
  const groups = Map.groupBy(known, ({ subject }) => person(subject))
  return [...groups.values()].map((group) => {
    const own = [...group]
      .sort((a, b) => a.began - b.began)
      .map((run) => {
        const { entered } = wayOfRun(run.enters, rules.required, rules.within)
        return { run, entered, told: toldOf(run, entered, rules.within) }
      })
    // A run that a server says has failed takes its own conversion back.
    const path = own.flatMap(({ run, told }) =>
      orderOfRun(run.enters).order.filter(({ step }) => !(told.isDenied && step === rules.converts)),
    )
    const kept = own.filter(({ told }) => !told.isDenied).map(({ told, entered: began }) => ({ told, began }))
    const { entered } = own[0]!
    // A server whose clock nothing is compared with is not asked when, if its run began in time.
    const [confirmed] = kept
      .map(({ told, began }) => ({
        ...told,
        confirmed:
          told.untested && began <= entered + rules.within
            ? Math.min(told.confirmed, entered + rules.within)
            : told.confirmed,
      }))
      .sort((a, b) =>
        a.confirmed === b.confirmed ? +a.untested - +b.untested : a.confirmed < b.confirmed ? -1 : 1,
      )
    const told = {
      isDenied: false,
      hasEnded: own.at(-1)!.told.hasEnded,
      reported: Math.min(...kept.map(({ told: { reported } }) => reported)),
      confirmed: confirmed?.confirmed ?? Number.POSITIVE_INFINITY,
      untested: confirmed?.untested ?? false,
    }
    return fateOf(wayAlong(path, [], entered, rules.required, rules.within), told, 0, rules)
  })
}

/** Somebody met a variant in a run. */
export interface Exposure {
  readonly run: string
  readonly variant: string
  readonly time: number
  /** '' if it names none. */
  readonly subject: string
}

/**
 * Who counts for a hypothesis, by variant, and who is left out.
 *
 * @param exposures in the time of the report
 * @param runs with what became of them; also those before the time of the report that could count
 * @param subjectOf the subject of each run that ever was, by its id
 */
export function hypothesisOf(
  exposures: readonly Exposure[],
  runs: readonly (Owned & { readonly fate: Fate })[],
  subjectOf: ReadonlyMap<string, string>,
  person: (subject: string) => string,
  { within, asOf }: Rules,
) {
  const named = exposures.map((one) => ({ ...one, subject: one.subject || (subjectOf.get(one.run) ?? '') }))
  const anonymous = new Set(named.filter(({ subject }) => subject === '').map(({ run }) => run))
  const people = Map.groupBy(
    named.filter(({ subject }) => subject !== ''),
    ({ subject }) => person(subject),
  )
  const conversions = Map.groupBy(
    runs.filter(({ subject, fate }) => subject !== '' && fate.finished !== null),
    ({ subject }) => person(subject),
  )
  const counts = new Map<string, { subjects: number; conversions: number }>()
  let [multipleVariants, immature, untested, doubtful] = [0, 0, 0, 0]
  for (const [who, met] of people) {
    const exposed = Math.min(...met.map(({ time }) => time))
    const variants = new Set(met.map(({ variant }) => variant))
    if (variants.size > 1) multipleVariants++
    else if (exposed + within > asOf) immature++
    else {
      const [variant] = variants
      const own = counts.get(variant!) ?? { subjects: 0, conversions: 0 }
      const inside = (time: number) => time >= exposed && time <= exposed + within
      const [undated, dated] = [true, false].map((kind) =>
        (conversions.get(who) ?? []).filter(({ fate }) => fate.undated === kind),
      )
      const tested = dated!.some(({ fate }) => inside(fate.finished!))
      // Of a run that met the variant, or began since, nobody asks when.
      const trusted = undated!.some(({ id, began, fate }) =>
        met.some(({ run }) => run === id) || began >= exposed
          ? began <= exposed + within
          : inside(fate.finished!),
      )
      const possible = undated!.some(({ began }) => began < exposed && began + within >= exposed)
      if (trusted && !tested) untested++
      if (possible && !trusted && !tested) doubtful++
      const converted = tested || trusted
      counts.set(variant!, {
        subjects: own.subjects + 1,
        conversions: own.conversions + Number(converted),
      })
    }
  }
  return {
    counts,
    untested: { counted: untested, notCounted: doubtful },
    multipleVariants,
    immature,
    withoutSubject: anonymous.size,
  }
}
