import type { AnalyseOptions } from '../ask/analyse'
import { analyse } from '../ask/analyse'
import type { Definitions } from '../config'
import type { Engine } from '../engine'
import type { Result } from '../result'

/**
 * Analyses on demand, for the live page and its API. Who asks for the same while it is being computed shares it: open
 * pages ask again and again, and the engine has better things to do.
 */
export function createLiveResult(engine: Engine, definitions: Definitions) {
  const running = new Map<string, Promise<Result>>()
  return (options: AnalyseOptions): Promise<Result> => {
    const { now: _, ...question } = options
    const key = JSON.stringify(question)
    const known = running.get(key)
    if (known) return known
    const result = analyse(engine, definitions, options).finally(() => running.delete(key))
    running.set(key, result)
    return result
  }
}
