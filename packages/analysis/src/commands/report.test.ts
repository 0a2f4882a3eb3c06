import { expect, test } from 'vitest'
import { commandLine, sendTo, visit } from '../cli-testing'
import { jsonSpan } from '../receive/testing'
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

test('a report is made of spans that know nothing of us, while dev holds them, and says what it cannot know', async () => {
  writeConfig(`export default { journeys: [{ name: 'checkout', version: '1', converts: 'paid', steps: [
    { name: 'cart', at: '/cart' }, { name: 'paid', at: '/orders/:id' },
  ] }] }`)
  const { url } = await startDev()
  for (const [session, ...paths] of [
    ['a', '/cart', '/orders/7'],
    ['b', '/cart'],
  ])
    for (const [place, path] of paths.entries()) {
      const time = `${Date.now() - 1000 + place}000000`
      const attributes = { 'session.id': session, 'url.path': path }
      const spoken = Object.entries(attributes).map(([key, stringValue]) => [key, { stringValue }] as const)
      const times = { startTimeUnixNano: time, endTimeUnixNano: time }
      await sendTo(url, [jsonSpan(Object.fromEntries(spoken), { name: 'documentLoad', ...times })])
    }
  const printed = await run('report', '--from-existing', '--json')
  const result: Result = JSON.parse(printed.out)
  expect(result.journeys).toMatchObject([{ name: 'checkout', runs: 2, conversions: 1 }])
  const unknown = 'variants, outcomes other than a step, readiness and what was lost on the way are not known'
  expect(printed.err).toContain(unknown)
  const { out, err } = await run('report', '--from-existing')
  expect(err).toBe('')
  expect(out.replace(/\s+/g, ' ')).toContain(unknown)
  expect((await run('report', '--json')).out).toContain('"runs": 0')
  expect((await run('report')).out).toMatch(
    /^No run .*\s+! 3 spans arrived, and none enters a step of a journey\./,
  )
  expect((await run('doctor')).out.replace(/\s+/g, ' ')).toContain('throughline report --from-existing')

  writeConfig(
    `export default { journeys: [{ name: 'checkout', version: '1', steps: ['cart', 'paid'], converts: 'paid' }] }`,
  )
  expect(await run('report', '--from-existing')).toMatchObject({
    code: 1,
    err: expect.stringContaining(
      "has an address, so pages cannot be told apart: declare it, such as { name: 'payment', at:",
    ),
  })
})
