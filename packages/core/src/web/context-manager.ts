import type { Context, ContextManager } from '@opentelemetry/api'
import { ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { wallTime } from '../clock'
import { setVisit } from '../context'
import type { Visit } from '../event'
import type { Tracker } from '../tracker-types'

const MOST_SPANS = 1000
const LONGEST = 36e5

/** What a visit's trace has had; stored with the visit, so that a reload goes on counting. */
type Counted = Visit & { spans?: number; since?: number }

/** A context manager that also counts the spans of the current visit. */
export interface AmbientContextManager extends ContextManager {
  /** To be called with the visit of each span that starts. */
  count(visit: Visit): void
}

/**
 * A context manager for browsers, where nothing carries a context over an `await`: with an empty stack, the context is
 * the current visit's, so that a visit is one trace. After 1,000 spans or an hour of a visit the spans that follow
 * start traces of their own, still stamped.
 */
export function ambientContextManager(tracker: Tracker): AmbientContextManager {
  const stack: Context[] = []
  let made: { visit: Visit; span: unknown; context: Context } | undefined

  function ambient(): Context {
    const visit = tracker.current() as Counted | undefined
    if (!visit) return ROOT_CONTEXT
    if (made?.visit !== visit || made.span !== visit.span)
      made = { visit, span: visit.span, context: setVisit(ROOT_CONTEXT, visit) }
    const isFull = visit.spans! >= MOST_SPANS || wallTime() - visit.since! > LONGEST
    if (isFull && trace.getSpan(made.context)) made.context = trace.deleteSpan(made.context)
    return made.context
  }

  const manager: AmbientContextManager = {
    active: () => stack[stack.length - 1] ?? ambient(),
    with(context, fn, thisArg, ...args) {
      stack.push(context)
      try {
        return fn.apply(thisArg as never, args)
      } finally {
        stack.pop()
      }
    },
    bind<T>(context: Context, target: T): T {
      // Bound while ambient: what is ambient then, not what is ambient now.
      if (typeof target !== 'function' || context === made?.context) return target
      return function (this: unknown, ...args: never[]) {
        return manager.with(context, target as never, this as never, ...args)
      } as T
    },
    enable: () => manager,
    disable() {
      stack.length = 0
      return manager
    },
    count(visit: Counted) {
      visit.since ??= wallTime()
      // Anyone on the origin can write to storage.
      visit.spans = (visit.spans! | 0) + 1
    },
  }
  return manager
}
