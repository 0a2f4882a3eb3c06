import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { RouteAnswer } from '@throughline/core'
import type { Confirm } from './confirms'
import type { Incoming } from './request-journey'

/** Headers as `response.writeHead` takes them: an object, or a list with names and values in turns, or of pairs. */
function entriesOf(given: unknown): [string, unknown][] {
  if (!Array.isArray(given)) return Object.entries((given ?? {}) as OutgoingHttpHeaders)
  if (Array.isArray(given[0])) return given
  return given.flatMap((name, index) => (index % 2 === 0 ? [[name, given[index + 1]]] : []))
}

/**
 * Tells how a response is answered, once its head is decided; also when the client has gone by
 * then, since the work was done.
 */
export function whenAnswered(response: ServerResponse, confirm: Confirm): void {
  const { writeHead, end } = response
  let isTold = false
  const tell = (given?: unknown) => {
    if (isTold) return
    isTold = true
    const all = new Map(
      [...Object.entries(response.getHeaders()), ...entriesOf(given)].map(([name, value]) => [
        name.toLowerCase(),
        `${value}`,
      ]),
    )
    const headers = { get: (name: string) => all.get(name.toLowerCase()) ?? null }
    confirm({ status: response.statusCode, headers })
  }
  const attempt = (given?: unknown) => {
    try {
      tell(given)
    } catch {
      // A response that is none of Node's: its answer is not known.
    }
  }
  response.writeHead = function (this: ServerResponse, ...args: unknown[]) {
    const result = writeHead.apply(this, args as never)
    attempt(typeof args[1] === 'string' ? args[2] : args[1])
    return result
  } as typeof writeHead
  response.end = function (this: ServerResponse, ...args: unknown[]) {
    const result = end.apply(this, args as never)
    attempt()
    return result
  } as typeof end
}

/** A request of `http`, as the middleware of any framework over them gets it. */
export const incomingOf = (request: IncomingMessage, response: ServerResponse): Incoming => ({
  headers: request.headers,
  method: request.method,
  // A router that is mounted at a path takes it off `url`.
  url: (request as { originalUrl?: string }).originalUrl ?? request.url,
  answered: (confirm) => whenAnswered(response, confirm),
})

const isAnswer = (it: unknown): it is RouteAnswer =>
  typeof (it as RouteAnswer | undefined)?.status === 'number' &&
  typeof (it as RouteAnswer).headers?.get === 'function'

/** Tells of the web `Response` that a handler returns, now or later; of anything else nothing is known. */
export function whenReturned(result: unknown, confirm: Confirm): void {
  const told = (answer: unknown) => {
    if (isAnswer(answer)) confirm(answer)
  }
  if (result instanceof Promise) result.then(told, () => {})
  else told(result)
}
