import { diag } from '@opentelemetry/api'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { hostile } from './hostile'
import { checkout, trackerAt } from './testing'
import { readWorth } from './worth'

afterEach(() => vi.restoreAllMocks())

const listen = () => ({
  warn: vi.spyOn(diag, 'warn').mockImplementation(() => {}),
  error: vi.spyOn(diag, 'error').mockImplementation(() => {}),
})

describe('the worth of a conversion', () => {
  it.each([
    [{ value: 40, currency: 'EUR' }, 40, 'EUR'],
    [{ value: 40, currency: 'eur' }, 40, 'EUR'],
    [{ value: '50.00', currency: ' Usd ' }, 50, 'USD'],
    [{ value: ' .5' }, 0.5, undefined],
    [{ value: 0, currency: null }, 0, undefined],
    [{ value: null }, undefined, undefined],
    [{}, undefined, undefined],
  ])('%j is read', (given, value, currency) => {
    const { warn, error } = listen()
    expect(readWorth(given)).toEqual({ value, currency })
    expect([warn.mock.calls, error.mock.calls]).toEqual([[], []])
  })

  it.each([
    [{ value: '50,00', currency: 'EUR' }, { currency: 'EUR' }, 'the value of'],
    [{ value: '', currency: 'EUR' }, { currency: 'EUR' }, 'the value of'],
    [{ value: Number.NaN, currency: '€' }, {}, 'the value and currency of'],
    [{ value: 40, currency: 'euro' }, { value: 40 }, 'the currency of'],
    [{ value: '0x10' }, {}, 'the value of'],
    [{ value: Number.POSITIVE_INFINITY }, {}, 'the value of'],
    [{ value: { amount: 40 } }, {}, 'the value of'],
  ])('of %j what cannot be read is left out with one diag', (given, read, said) => {
    const { warn } = listen()
    expect(readWorth(given)).toEqual(read)
    expect(warn.mock.calls).toEqual([[expect.stringContaining(said)]])
  })

  it.each([-20, '-20.00'])(
    'of %j, an error says what to do about refunds, and nothing is subtracted',
    (value) => {
      const { error } = listen()
      expect(readWorth({ value, currency: 'EUR' })).toEqual({ currency: 'EUR' })
      expect(error.mock.calls).toEqual([[expect.stringContaining('refund')]])
    },
  )

  it('is a number of at least 0 and a code of three capitals, whatever is passed', () => {
    listen()
    fc.assert(
      fc.property(hostile, hostile, (value, currency) => {
        const read = readWorth({ value, currency })
        expect(read.value === undefined || (Number.isFinite(read.value) && read.value >= 0)).toBe(true)
        expect(read.currency ?? 'EUR').toMatch(/^[A-Z]{3}$/)
      }),
    )
  })

  it('is what the tracker records', () => {
    const { tracker, events } = trackerAt(Date.now())
    tracker.enter(checkout, 'payment')
    tracker.convert(checkout, { value: '50.00', currency: 'eur' })
    expect(events.at(-1)!.attributes).toMatchObject({
      'throughline.conversion.value': 50,
      'throughline.conversion.currency': 'EUR',
    })
  })

  it('can be given once more, when what was passed first could not be read', () => {
    listen()
    const { tracker, events } = trackerAt(Date.now())
    tracker.enter(checkout, 'payment')
    tracker.convert(checkout, { value: '50,00', currency: 'EUR' })
    tracker.convert(checkout, { value: '50.00', currency: 'EUR' })
    expect(events.slice(-2).map(({ attributes }) => attributes['throughline.conversion.value'])).toEqual([
      undefined,
      50,
    ])
  })
})
