import type { Finding, FindingKind } from '../result'

/** What each kind of finding does to the figures, and what to do about it. */
const MEANING: Readonly<Record<FindingKind, readonly [effect: string, advice: string]>> = {
  loss: [
    'Steps, errors and conversions that were lost look as if people had left earlier.',
    'Look at the reasons under "refused"; check that the endpoint is reachable from pages and takes their size and rate.',
  ],
  'loss-by-browser': [
    'This browser looks worse than it is: what it lost reads as people who left.',
    'Do not compare browsers until it is mended; look for blockers, a wrong endpoint, or a script that fails there.',
  ],
  'loss-by-step': [
    'More people seem to leave at this step, or just before it, than do.',
    'Check that the step waits until its events are sent, and what ends its page (a redirect, a payment frame, a crash).',
  ],
  'loss-by-variant': [
    'The verdict is biased against the variant that loses more: its conversions are missing, not its subjects.',
    'Do not decide by this verdict. Mend delivery in that variant, and start the experiment again.',
  ],
  'server-loss': [
    'Outcomes that servers confirmed are missing, so conversions are too few or rest on the browser’s word.',
    'Check the exporter’s endpoint and its queue; give keepUntilTaken a file, so that a restart loses nothing.',
  ],
  'no-accounts': [
    'How much was lost on the way is not known, so a loss would look like people who left.',
    'Use startThroughline from @throughline/core/web, whose pages account for their events.',
  ],
  'arrived-later': ['None: they are counted where they belong.', 'Nothing.'],
  clocks: [
    'Times between these events are not certain; the order of steps does not depend on them.',
    'Synchronise the clocks of servers (NTP). Devices’ clocks cannot be mended.',
  ],
  sampling: [
    'Figures of endpoints are weighted by the recorded probability; their intervals are wider. Funnels do not depend on it.',
    'Raise the sampling rate, or force runs under a hypothesis in, if endpoints have to be told apart.',
  ],
  'long-runs': [
    'What these runs did after their first 1,000 events is not counted.',
    'Check that a component does not enter steps in a loop.',
  ],
  'without-browser': [
    'Conversions are too few by these.',
    'Check that pages can send (blockers, consent, endpoint), and that the server takes run ids from its own pages.',
  ],
  'no-visit': [
    'Their errors, requests and vitals are in no figure.',
    'Update the pages: version 2 names the visit.',
  ],
  'outside-window': [
    'They count as runs that left.',
    'If people need longer, raise `within` of the journey: figures follow at once.',
  ],
  aliases: [
    'The names stay apart: one person may count as two.',
    'Send aliases from a server, or from the page on which the anonymous subject was seen.',
  ],
  'sample-ratio': [
    'Some subjects are missing from one variant, so no comparison is fair: the verdict is invalid.',
    'Look for loss by variant, redirects before the exposure, and a flag that is assigned differently than declared.',
  ],
  exposures: [
    'These are left out of the verdict.',
    'Pass the subject to startThroughline or the middleware, and keep it through sign-in with an alias.',
  ],
  'missing-exposures': [
    'Subjects who met a variant are not counted; if variants differ in it, the verdict is biased.',
    'Record the exposure where the variant renders (useHypothesis, expose), before anything that could fail.',
  ],
  'late-exposures': [
    'Conversions before the exposure do not count for a variant: it looks worse than it is.',
    'Expose where the variants begin to differ, and not behind the conversion.',
  ],
  undeclared: [
    'They are in no figure.',
    'Declare the name in throughline.config.ts, or correct it where it is sent.',
  ],
  'never-seen': [
    'The step shows nobody; if it is required, nobody can reach the steps behind it.',
    'Check that it is entered under this name, or declare it optional or remove it.',
  ],
  'unknown-version': [
    'These runs are in no funnel.',
    'Declare the version beside the others: each has a funnel of its own, and hypotheses count all.',
  ],
  synthetic: [
    'None, as they are left out.',
    'Use --synthetic include to count them, or only to see nothing else.',
  ],
  filtered: [
    'Figures are of the runs that match alone. Where a filter asks what came later, variants differ by more than chance.',
    'Judge hypotheses without filters, or with those that were true before people met a variant.',
  ],
  duplicates: [
    'None here: each counts once. A backend that only counts spans counts them twice.',
    'There, leave out what carries throughline.event.resent.',
  ],
  forged: [
    'They count as a browser’s word: a server’s outcome overrides them.',
    'If these are your servers, send to the internal endpoint (or with the token); if not, somebody forges outcomes.',
  ],
  existing: [
    'Where people leave and how long steps take is known as far as addresses tell; nothing says why a variant or an outcome came about.',
    'Start with this report; startThroughline and the middleware add what is missing.',
  ],
  'other-spans': [
    'They are in no figure.',
    'If pages use startThroughline: `at` has to match their addresses, which debug: true shows. If another instrumentation made them: throughline report --from-existing.',
  ],
  'other-time': [
    'There is nothing to count.',
    'Ask for another time: --since and --until, or ?since=… and ?until=… in the live page’s address.',
  ],
  behind: [
    'What the views do not have is in no figure: everything is too small.',
    'Run "throughline schema --clickhouse URL", which fills them; "throughline dev" does so by itself at its start.',
  ],
}

/** What was found, before it is said what it means. */
export type Note = Omit<Finding, 'effect' | 'advice'>

export const warning = (text: string, kind?: FindingKind): Note => ({
  level: 'warning',
  text,
  ...(kind && { kind }),
})
export const info = (text: string, kind?: FindingKind): Note => ({
  level: 'info',
  text,
  ...(kind && { kind }),
})

/** Says what notes mean; those without a kind of their own are of the one given. */
export const explain = (notes: readonly Note[], fallback: FindingKind): Finding[] =>
  notes.map((note) => {
    const kind = note.kind ?? fallback
    const [effect, advice] = MEANING[kind]
    return { ...note, kind, effect, advice }
  })
