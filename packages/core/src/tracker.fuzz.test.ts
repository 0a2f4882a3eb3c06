import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fingerprint } from './fingerprint'
import { handoverToken, joinJourney } from './handover'
import { hostile } from './hostile'
import { uuidv7Time } from './ids'
import { isEventName } from './sampler'
import { checkout, memoryStorage, trackerAt } from './testing'

// The host application is sacred: whatever it passes, nothing throws and nothing is rejected later.
it('survives 100,000 calls with hostile values', async () => {
  const rejections: unknown[] = []
  const note = (reason: unknown) => rejections.push(reason)
  process.on('unhandledRejection', note)
  const globals = Object.keys(globalThis)
  const { tracker } = trackerAt(1_780_000_000_000, { storage: memoryStorage() })
  const methods = Object.keys(tracker).filter((name) => typeof tracker[name as 'enter'] === 'function')
  const thrown = new Set<string>()
  let calls = 0
  fc.assert(
    fc.property(fc.constantFrom(...methods), fc.array(hostile, { maxLength: 3 }), (method, args) => {
      calls++
      // `run` alone lets the application's own errors through: it is its work.
      const given = method === 'run' ? [args[0], () => 1] : args
      try {
        const answer = (tracker[method as 'enter'] as (...args: unknown[]) => unknown)(...given)
        if (method === 'subscribe' || method === 'onChange') (answer as () => void)()
      } catch (error) {
        thrown.add(`${method}: ${(error as Error).message}`)
      }
    }),
    { numRuns: 100_000 },
  )
  await new Promise((resolve) => setTimeout(resolve, 10))
  process.off('unhandledRejection', note)
  expect(calls).toBe(100_000)
  expect([...thrown]).toEqual([])
  expect(rejections).toEqual([])
  expect(Object.keys(globalThis)).toEqual(globals)
  tracker.enter(checkout, 'payment')
  expect(tracker.current(checkout)!.step).toBe('payment')
}, 120_000)

it('so do the functions beside it', () => {
  const { tracker } = trackerAt(1_780_000_000_000)
  tracker.enter(checkout, 'cart')
  const functions: ((...args: never[]) => unknown)[] = [
    fingerprint,
    handoverToken,
    joinJourney,
    isEventName,
    uuidv7Time,
    (journey: never, storage: never) => handoverToken(tracker, journey, storage),
    (storage: never) => handoverToken(tracker, checkout, storage),
    (token: never, storage: never) => joinJourney(tracker, token, storage),
  ]
  fc.assert(
    fc.property(fc.constantFrom(...functions), fc.array(hostile, { maxLength: 3 }), (fn, args) => {
      fn(...(args as never[]))
    }),
    { numRuns: 20_000 },
  )
  expect(tracker.current()!.step).toBe('cart')
}, 120_000)
