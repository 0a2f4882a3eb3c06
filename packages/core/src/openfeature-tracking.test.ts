import type { JsonValue, Provider, ResolutionDetails } from '@openfeature/web-sdk'
import { InMemoryProvider, OpenFeature, OpenFeatureEventEmitter, ProviderEvents } from '@openfeature/web-sdk'
import { diag } from '@opentelemetry/api'
import { afterEach, expect, it } from 'vitest'
import { journeyTrackingProvider } from './openfeature-tracking'
import { checkout, trackerAt } from './testing'

afterEach(async () => {
  diag.disable()
  OpenFeature.clearHandlers()
  await OpenFeature.clearProviders()
})

/** A vendor's provider: with state that nobody else can read, events, and tracking of its own. */
class Vendor implements Provider {
  readonly metadata = { name: 'vendor' }
  readonly events = new OpenFeatureEventEmitter()
  readonly #value = 'one-page'
  readonly tracked: unknown[] = []
  resolveBooleanEvaluation = () => expect.fail()
  resolveNumberEvaluation = () => expect.fail()
  resolveObjectEvaluation = <T extends JsonValue>(): ResolutionDetails<T> => expect.fail()
  resolveStringEvaluation() {
    return { value: this.#value }
  }
  track(...args: unknown[]) {
    this.tracked.push(args)
  }
}

/** What `track` converts, through OpenFeature's own SDK. */
async function tracking(provider: Provider, conversions: Record<string, typeof checkout>) {
  const { tracker, events } = trackerAt(Date.now())
  tracker.enter(checkout, 'payment')
  await OpenFeature.setProviderAndWait(journeyTrackingProvider(provider, tracker, conversions))
  const ends = () =>
    events
      .filter(({ name }) => name === 'throughline.run.end')
      .map(({ attributes }) => [
        attributes['throughline.run.outcome'],
        attributes['throughline.conversion.value'],
        attributes['throughline.conversion.currency'],
      ])
  return { client: OpenFeature.getClient(), ends }
}

it('converts by the tracking events that are listed, and by no others', async () => {
  const { client, ends } = await tracking(new InMemoryProvider({}), { 'order placed': checkout })
  for (const name of ['cart opened', 'toString', '__proto__']) client.track(name, { value: 1 })
  expect(ends()).toEqual([])
  client.track('order placed', { value: 40, currency: 'EUR', items: 3 })
  expect(ends()).toEqual([['converted', 40, 'EUR']])
})

it('converts without details, and without those that say nothing about worth', async () => {
  const { client, ends } = await tracking(new InMemoryProvider({}), { paid: checkout })
  client.track('paid', { currency: 7, value: undefined as never })
  expect(ends()).toEqual([['converted', undefined, undefined]])
})

it.each([
  ['as it is', (vendor: Vendor) => vendor],
  ['frozen', (vendor: Vendor) => Object.freeze(vendor)],
])('leaves everything else of the provider as it was (%s)', async (_, make) => {
  const vendor = make(new Vendor())
  const { client, ends } = await tracking(vendor, { paid: checkout })
  const changed = new Promise((resolve) => client.addHandler(ProviderEvents.ConfigurationChanged, resolve))
  expect(client.getStringValue('one-page-payment', 'control')).toBe('one-page')
  expect(client.metadata.providerMetadata).toEqual({ name: 'vendor' })
  expect(OpenFeature.getProvider()).toBeInstanceOf(Vendor)
  client.track('paid', { value: 40 })
  expect(vendor.tracked).toEqual([['paid', {}, { value: 40 }]])
  expect(ends()).toEqual([['converted', 40, undefined]])
  vendor.events.emit(ProviderEvents.ConfigurationChanged)
  await changed
})

it('keeps what is thrown in it to itself, and the provider hears of the event all the same', () => {
  const said: unknown[] = []
  const say = (...all: unknown[]) => void said.push(all)
  diag.setLogger({ debug: say, error: say, info: say, verbose: say, warn: say })
  const vendor = new Vendor()
  const broken = () => {
    throw new Error('boom')
  }
  const wrapped = journeyTrackingProvider(vendor, broken, { paid: checkout })
  wrapped.track('paid', {})
  expect(said).toHaveLength(1)
  expect(vendor.tracked).toHaveLength(1)
})

it('takes a function that knows no journey, as outside of a request', () => {
  const vendor = new Vendor()
  journeyTrackingProvider(vendor, () => undefined, { paid: checkout }).track('paid', {})
  expect(vendor.tracked).toHaveLength(1)
})
