import type { Journey, Tracker, Visit } from '@throughline/core'

/** A component that names a step, for as long as it is on the page. */
export interface ShownStep {
  readonly tracker: Tracker
  readonly journey: Journey
  readonly step: string
  /** When its component was rendered first: what is around it has a smaller one. */
  readonly order: number
  /** Says that the step is ready, since it has long been painted. */
  readonly readyAgain: () => void
}

/** What was in force when a step went from the page. */
export interface Gone {
  readonly visit: Visit | undefined
  readonly ambient: Visit | undefined
}

/** What is on the page, in the order in which it appeared. */
let shown: ShownStep[] = []

/** What appeared in the commit that is going on. */
let fresh: ShownStep[] = []

/** A step went while Suspense was hiding what is below it. */
let owed: (() => void) | undefined

let rendered = 0

/** Counts renders: React renders what is around a component before it, though effects of what is inside run first. */
export const nextOrder = (): number => ++rendered

const isOf = (tracker: Tracker, journey: Journey) => (it: ShownStep) =>
  it.tracker === tracker && it.journey.name === journey.name

/**
 * Puts a step on the page. To be called in a layout effect: those of a tree that Suspense hides are undone.
 *
 * @returns false when something inside of it has appeared in the same commit, and covers it from the start
 */
export function showStep(step: ShownStep): boolean {
  const isCovered = fresh.some((it) => isOf(step.tracker, step.journey)(it) && it.order > step.order)
  // Below what covers it: that goes first.
  shown = isCovered ? [step, ...shown] : [...shown, step]
  if (fresh.length === 0)
    queueMicrotask(() => {
      fresh = []
    })
  fresh.push(step)
  return !isCovered
}

/** Takes a step from the page. */
export function hideStep(step: ShownStep): Gone {
  const { tracker, journey } = step
  shown = shown.filter((it) => it !== step)
  return { visit: tracker.current(journey), ambient: tracker.current() }
}

/**
 * After a component has gone (a modal, an intercepted route): enters the step of what is still shown, as its next
 * attempt. To be called when all effects of the commit have run: whatever was entered by then is what the user sees.
 * A run that has ended, or a step that was left, is not revived.
 */
export function uncoverStep(gone: ShownStep, before: Gone): void {
  const { tracker, journey, step } = gone
  const { visit, ambient } = before
  const below = shown.findLast(isOf(tracker, journey))
  const isActive = visit?.step === step && tracker.others({} as Visit).some(({ id }) => id === visit.id)
  const isAlone = tracker.current()?.id === ambient?.id && tracker.current(journey)?.id === visit?.id
  if (!isActive || !isAlone || below?.step === step) return
  owed = below ? undefined : () => uncoverStep(gone, before)
  if (!below) return
  tracker.enter(journey, below.step)
  below.readyAgain()
}

/** To be called when Suspense shows a step again that it was hiding. */
export function showStepAgain(): void {
  if (owed) queueMicrotask(owed)
}
