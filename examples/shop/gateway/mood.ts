import { uniform } from '../shared/uniform.ts'

// The payment gateway has moods, as they all do. What it does to somebody follows from the reference that the shop
// gives it (the subject's id), so that simulated visitors can know the truth, and a test can pick somebody whom it
// meets.

/** How long the gateway takes to open a payment session, in ms: mostly quick, for one in seven far too slow. */
export function sessionLatency(reference: string): number {
  const within = uniform(`latency/${reference}`)
  return isSlow(reference) ? 2400 + 1600 * within : 150 + 350 * within
}

export const isSlow = (reference: string) => uniform(`slow/${reference}`) < 0.14

/** Whether the first attempt to charge fails; the next one succeeds. */
export const chargeFails = (reference: string) => uniform(`charge/${reference}`) < 0.08
