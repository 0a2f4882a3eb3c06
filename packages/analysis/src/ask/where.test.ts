import { defineHypothesis, defineJourney } from '@throughline/core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { checkTrait, formatWhere, parseWhere, whereKeys, whereParams } from './where'

const checkout = defineJourney('checkout', {
  version: '1',
  steps: ['cart', 'payment', 'done'],
  converts: 'done',
  within: '1h',
})
const onePage = defineHypothesis('one-page', {
  statement: 'One page converts more',
  journey: checkout,
  from: 'payment',
  variants: ['control', 'one-page'],
  expect: { metric: 'conversion', relative: 0.1 },
})
const definitions = { journeys: [checkout], hypotheses: [onePage], dimensions: { plan: 'app.plan' } }

it('takes the same key twice as "or", and different keys as "and"', () => {
  const where = parseWhere(
    ['browser=Firefox', 'device=mobile Android', 'browser=Safari', 'browser=Safari'],
    definitions,
  )
  expect(where).toEqual([
    { key: 'browser', values: ['Firefox', 'Safari'] },
    { key: 'device', values: ['mobile Android'] },
  ])
  expect(formatWhere(where)).toEqual(['browser=Firefox', 'browser=Safari', 'device=mobile Android'])
})

it('splits at the first equals sign, and takes an empty value for "unknown"', () => {
  expect(parseWhere(['endpoint=GET /a?b=c', 'plan='], definitions)).toEqual([
    { key: 'endpoint', values: ['GET /a?b=c'] },
    { key: 'plan', values: [''] },
  ])
})

it('names the keys when one is unknown, and the values where they are a closed list', () => {
  expect(() => parseWhere(['colour=red'], definitions)).toThrow(
    'where names "colour", which is none of browser, browser.version, os, device, network, country, language, release, variant.one-page, plan, error, endpoint, reached, dropped, converted',
  )
  expect(() => parseWhere(['reached=moon'], definitions)).toThrow('reached is one of cart, payment, done')
  expect(() => parseWhere(['converted=maybe'], definitions)).toThrow('converted is one of yes, no')
  expect(() => parseWhere(['variant.one-page=x'], definitions)).toThrow('control, one-page, (nothing)')
  expect(() => parseWhere(['browser'], definitions)).toThrow('write browser=VALUE')
  expect(() => checkTrait('error', definitions)).toThrow(
    'by is "error"; write run, subject or one of browser',
  )
})

it('puts nothing of what it is given into the text of a query: it takes known keys alone, and values as they are', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (key, value) => {
      const text = `${key}=${value}`
      const [name] = text.split('=')
      if (whereKeys(definitions).includes(name!)) return
      expect(() => parseWhere([text], definitions)).toThrow('which is none of')
    }),
  )
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (value) => {
      const { wanted, filters } = whereParams(parseWhere([`browser=${value}`], definitions), [], definitions)
      expect({ wanted, filters }).toEqual({ wanted: [[value]], filters: ['browser'] })
    }),
  )
})
