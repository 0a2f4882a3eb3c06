import { expect, it } from 'vitest'
import { defineJourney } from './journey'
import { addressesOf, stepAt } from './steps-by-address'
import { ADDRESSES, NO_PATTERNS } from './steps-by-address.cases'

const journey = (at: string | readonly string[], other?: string) =>
  defineJourney('checkout', {
    version: '1',
    steps: [other ? { name: 'other', at: other } : 'other', { name: 'here', at }],
    converts: 'here',
  })
const url = (address: string) => new URL(address, 'https://shop.example')

it.each(ADDRESSES)('%j at %s: %s', (at, address, matches) => {
  expect(stepAt(journey(at), url(address))).toBe(matches ? 'here' : undefined)
})

it('is the step whose pattern says most, whichever is declared first', () => {
  const both = journey('/orders/new', '/orders/:id')
  expect(['/orders/new', '/orders/7'].map((address) => stepAt(both, url(address)))).toEqual(['here', 'other'])
  const query = journey('/checkout?step=payment', '/checkout')
  expect(stepAt(query, url('/checkout?step=payment'))).toBe('here')
  expect(stepAt(query, url('/checkout?step=cart'))).toBe('other')
  expect(stepAt(journey('/a/:b', '/a/*'), url('/a/b'))).toBe('here')
})

it('of which there are none in a journey without', () => {
  const plain = defineJourney('plain', { version: '1', steps: ['a', 'b'], converts: 'b' })
  expect(addressesOf(plain)).toEqual([])
  expect(stepAt(plain, url('/'))).toBeUndefined()
})

it.each(NO_PATTERNS)('refuses %j, and says how a pattern is written', (at) => {
  expect(() => journey(at)).toThrow(/at of "here".*"\/orders\/:id"/)
})

it('compiles to expressions that RE2 reads too: no look-around, no back reference', () => {
  for (const [at] of ADDRESSES)
    for (const { path, hash } of addressesOf(journey(at)))
      expect(`${path}${hash}`).not.toMatch(/\(\?[=!<]|\\\d/)
})
