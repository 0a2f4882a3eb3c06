import { expect, test } from 'vitest'
import { commandLine, sendTo, visit } from '../cli-testing'
import type { Result } from '../result'

const { run, startDev, writeConfig } = commandLine()

const DAY = 864e5
const day = (time: number) => new Date(time).toISOString().slice(0, 10)

test('a cut is the same as an option, as a parameter of the page’s address, and of its JSON', async () => {
  writeConfig(`export default {
    journeys: [{ name: 'checkout', version: '1', steps: ['cart', 'paid'], converts: 'paid' }],
    dimensions: { plan: 'app.plan' },
  }`)
  const { url } = await startDev()
  for (const steps of [['cart', 'paid'], ['cart'], ['cart']]) await sendTo(url, visit(...steps))
  const since = day(Date.now() - DAY)
  const options = [
    '--where',
    'converted=no',
    '--where',
    'plan=',
    '--by',
    'browser',
    '--by',
    'run',
    '--every',
    'day',
  ]
  const { out, err } = await run('report', '--json', '--since', since, '--against', 'previous', ...options)
  expect(err).toBe('')
  const printed: Result = JSON.parse(out)
  const address = `where=converted=no&where=plan=&by=browser&by=run&every=day&since=${since}&against=previous`
  const served = (await (await fetch(`${url}/api/result?${address}`)).json()) as Result
  expect(served.cut).toEqual(printed.cut)
  expect(printed.cut).toEqual({
    where: [
      { key: 'converted', values: ['no'] },
      { key: 'plan', values: [''] },
    ],
    step: null,
    by: 'browser',
    every: 'day',
    against: 'previous',
  })
  const [journey] = printed.journeys
  expect(journey).toMatchObject({
    runs: 2,
    conversions: 0,
    breakdown: { by: 'browser', parts: [{ kind: 'unknown', runs: 2 }] },
  })
  expect(served.journeys[0]).toMatchObject({ runs: 2, breakdown: journey!.breakdown })
  expect(journey!.trend!.reduce((sum, { runs }) => sum + runs, 0)).toBe(2)
  const page = await (await fetch(`${url}/?${address}`)).text()
  expect(page).toContain('; only converted no, plan unknown')
  expect(page).toContain('By browser')
  expect(page).toContain('By day')
})

test('a release is what was written, not the number that it looks like', async () => {
  const { url } = await startDev()
  await sendTo(url, visit('cart'))
  const { out } = await run('report', '--json', '--against', '2.40')
  expect(JSON.parse(out).cut.against).toBe('2.40')
  expect((await run('mark', 'deploy', '2.40')).out).toMatch(/^marked deploy 2\.40: /)
})

test('what is not known is an error that names what is: on the command line and as status 400', async () => {
  const { url } = await startDev()
  await sendTo(url, visit('cart'))
  for (const [options, query, message] of [
    [
      ['--where', 'colour=red'],
      'where=colour=red',
      'where names "colour", which is none of browser, browser.version, os',
    ],
    [['--by', 'colour'], 'by=colour', 'by is "colour"; write run, subject or one of browser'],
    [['--step', 'moon'], 'step=moon', 'step is "moon"; write one of cart, paid'],
    [['--every', 'year'], 'every=year', 'every is "year"; write hour, day or week'],
  ] as const) {
    expect(await run('report', ...options)).toMatchObject({ code: 1, err: expect.stringContaining(message) })
    const response = await fetch(`${url}/api/result?${query}`)
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining(message)])
  }
})
