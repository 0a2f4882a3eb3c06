import type { Baggage, BaggageEntry } from '@opentelemetry/api'
import { propagation } from '@opentelemetry/api'

const isOurs = (key: string) => key.startsWith('throughline.')

/**
 * Baggage that follows the request: what it carries of ours is what is in force when somebody reads it, so that a call to
 * another service names the step that the server has entered, and nothing that was refused. Other members stay as they came.
 *
 * @param received the baggage of the request
 * @param members ours, by key
 */
export function liveBaggage(received: Baggage | undefined, members: () => Record<string, string>): Baggage {
  const foreign = (received?.getAllEntries() ?? []).filter(([key]) => !isOurs(key))
  const entries = (): [string, BaggageEntry][] => [
    ...Object.entries(members()).map(([key, value]): [string, BaggageEntry] => [key, { value }]),
    ...foreign,
  ]
  const snapshot = () => propagation.createBaggage(Object.fromEntries(entries()))
  return {
    getEntry: (key) => entries().find(([name]) => name === key)?.[1],
    getAllEntries: entries,
    setEntry: (key, entry) => snapshot().setEntry(key, entry),
    removeEntry: (key) => snapshot().removeEntry(key),
    removeEntries: (...keys) => snapshot().removeEntries(...keys),
    clear: () => propagation.createBaggage(),
  }
}
