import type { Context, ContextManager } from '@opentelemetry/api'
import { ROOT_CONTEXT } from '@opentelemetry/api'
import { setVisit } from '../context'
import type { Visit } from '../event'
import type { Tracker } from '../tracker'

const MOST_SPANS = 1000
const LONGEST = 36e5

/**
 * A context manager for browsers, where nothing carries a context over an `await`: with an empty stack, the context is
 * the current visit's, so that a visit is one trace. A visit of over 1,000 spans or an hour keeps stamping, but the
 * spans that follow start traces of their own.
 */
export function ambientContextManager(tracker: Tracker): ContextManager & { count(visit: Visit): void } {
  const stack: Context[] = []
  let made: { visit: Visit; span: unknown; spans: number; context: Context; isFull?: boolean } | undefined

  function ambient(): Context {
    const visit = tracker.current()
    if (!visit) return ROOT_CONTEXT
    if (made?.visit !== visit || made.span !== visit.span)
      made = { visit, span: visit.span, spans: 0, context: setVisit(ROOT_CONTEXT, visit) }
    const isFull =
      made.spans >= MOST_SPANS || performance.timeOrigin + performance.now() - visit.start > LONGEST
    if (isFull && !made.isFull) {
      made.isFull = true
      made.context = setVisit(ROOT_CONTEXT, { ...visit, span: undefined })
    }
    return made.context
  }

  const manager: ContextManager & { count(visit: Visit): void } = {
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
      if (typeof target !== 'function' || (context === made?.context && stack.length === 0)) return target
      return ((...args: never[]) => manager.with(context, () => target(...args))) as T
    },
    enable: () => manager,
    disable() {
      stack.length = 0
      made = undefined
      return manager
    },
    /** Called with the visit of each span that starts. */
    count(visit) {
      if (made?.visit === visit) made.spans++
    },
  }
  return manager
}
