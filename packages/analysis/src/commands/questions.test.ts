import { expect, test } from 'vitest'
import { commandLine, sendTo, visit } from '../cli-testing'
import { jsonSpan, runId } from '../receive/testing'

const { run, startDev, writeConfig } = commandLine()

const COMMANDS = [
  'dev',
  'report',
  'funnel',
  'latency',
  'errors',
  'endpoints',
  'hypothesis',
  'runs',
  'run',
  'doctor',
  'sql',
  'schema',
  'forget',
  'mcp',
  'init',
  'import',
]

test('each command has a help with an example', async () => {
  const all = await run('--help')
  for (const name of COMMANDS) {
    expect(all.out).toMatch(new RegExp(`^  ${name}\\b`, 'm'))
    const { code, out } = await run(name, '--help')
    expect([name, code]).toEqual([name, 0])
    expect(out, name).toMatch(new RegExp(`Examples?:?\\s+throughline ${name}`))
  }
})

test('parts of the report, runs and the doctor answer alone, as text, JSON and CSV', async () => {
  const dev = await startDev()
  await sendTo(dev.url, [...visit('cart', 'paid'), ...visit('cart'), ...visit('cart')])
  await dev.stop('SIGTERM')

  const funnel = await run('funnel')
  expect([funnel.code, funnel.err]).toEqual([0, ''])
  expect(funnel.out).toContain('33.3 % converted')
  // Not a terminal: no colours.
  expect(funnel.out).not.toContain('\u001b')
  for (const name of ['latency', 'errors', 'endpoints', 'hypothesis', 'doctor']) {
    const { code, err, out } = await run(name)
    expect([name, code, err]).toEqual([name, 0, ''])
    expect(out.length).toBeGreaterThan(0)
  }
  expect((await run('doctor')).out).toContain('No page has accounted for its events')
  expect(JSON.parse((await run('doctor', '--json')).out).notes[0]).toMatchObject({ kind: 'no-accounts' })
  expect(JSON.parse((await run('funnel', '--json')).out)).toMatchObject({
    schemaVersion: 1,
    journeys: [{ runs: 3 }],
  })

  const csv = await run('funnel', '--csv')
  expect(csv.out.split('\r\n')[0]).toBe('part,journey,version,step,name,figure,value,low,high')
  expect(csv.out).toContain('funnel,checkout,1,cart,,reached,3,,\r\n')

  const runs = await run('runs', '--limit', '2')
  expect([runs.code, runs.out.trim().split('\n').length]).toEqual([0, 3])
  const [newest] = JSON.parse((await run('runs', '--json')).out)
  const one = await run('run', newest.run)
  expect([one.code, one.err]).toEqual([0, ''])
  expect(one.out).toContain(`run ${newest.run}`)

  const sql = await run(
    'sql',
    'SELECT step, count() AS visits FROM throughline_visits GROUP BY step ORDER BY step',
  )
  expect(sql.out).toMatch(/step +visits\n +cart +3\n +paid +1\n/)
  expect(JSON.parse((await run('sql', 'SELECT 1 AS one', '--json')).out)).toEqual([{ one: 1 }])
})

test('what cannot be asked is said in one line', async () => {
  const dev = await startDev()
  await sendTo(dev.url, visit('cart'))
  for (const [args, said] of [
    [['run', 'x'], 'is no run id'],
    [['run', runId()], 'nothing is stored of run'],
    [['runs', '--limit', '0'], '--limit is "0"'],
    [['funnel', '--journey', 'nope'], 'none of: checkout'],
    [['hypothesis', 'nope'], 'is no hypothesis of the configuration'],
    [['errors', '--id', '0123'], 'no error with the key "0123"'],
    [['sql', 'DROP TABLE otel_traces'], 'is permitted'],
    [['sql', `SELECT * FROM file('/etc/passwd')`], 'table function "file" is not permitted'],
    [
      ['report', '--fail-on', 'everything'],
      'give any of refuted, invalid, readiness, guardrail, loss, warning',
    ],
    [['doctor', '--fail-on', 'refuted'], 'give any of invalid, loss, warning'],
  ] as const) {
    const { code, out, err } = await run(...args)
    expect([args, code, out]).toEqual([args, 1, ''])
    expect(err).toContain(said)
    expect(err.trim().split('\n')).toHaveLength(1)
  }
})

test('a pipeline stops at what it was told to, and tells missing data from bad data', async () => {
  expect((await run('report', '--fail-on', 'loss')).code).toBe(1)
  const dev = await startDev()
  const empty = await run('report', '--fail-on', 'readiness,loss')
  expect([empty.code, empty.err]).toEqual([2, 'throughline: there are no data to judge by\n'])
  await sendTo(dev.url, visit('cart', 'paid'))
  expect((await run('report', '--fail-on', 'refuted,invalid,readiness,guardrail,loss')).code).toBe(0)
  writeConfig(
    `export default { journeys: [{ name: 'checkout', version: '1', steps: ['cart', 'paid'], converts: 'paid', ready: { cart: { p75: 1 } } }] }`,
  )
  const [entered] = visit('cart')
  const ready = JSON.parse(
    JSON.stringify(entered).replace('throughline.step.enter', 'throughline.step.ready'),
  )
  ready.attributes.push({ key: 'throughline.step.ready_ms', value: { doubleValue: 900 } })
  await sendTo(dev.url, [entered!, { ...ready, spanId: 'c'.repeat(16) }])
  const slow = await run('report', '--json', '--fail-on', 'readiness')
  expect([slow.code, slow.err]).toEqual([1, 'throughline: cart of checkout is slower than its target\n'])
  expect(JSON.parse(slow.out).journeys[0].runs).toBe(2)
  expect((await run('report', '--json', '--fail-on', 'refuted')).code).toBe(0)
})

test('a pipeline stops at what the doctor finds', async () => {
  const dev = await startDev()
  const empty = await run('doctor', '--fail-on', 'loss')
  expect([empty.code, empty.err]).toEqual([2, 'throughline: there are no data to judge by\n'])
  await sendTo(dev.url, visit('cart'))
  expect((await run('doctor', '--fail-on', 'loss,invalid')).code).toBe(0)
  const told = { emitted: '100', dropped: '60' }
  const counts = Object.entries(told).map(([key, intValue]) => [`throughline.delivery.${key}`, { intValue }])
  const page = ['throughline.page.id', { stringValue: 'a'.repeat(32) }]
  await sendTo(dev.url, [jsonSpan(Object.fromEntries([...counts, page]), { name: 'throughline.delivery' })])
  expect((await run('doctor')).code).toBe(0)
  const lossy = await run('doctor', '--json', '--fail-on', 'loss,invalid')
  expect([lossy.code, lossy.err]).toEqual([
    1,
    expect.stringMatching(/^throughline: Pages dropped 60 of 100 events/),
  ])
  expect(JSON.parse(lossy.out).notes[0]).toMatchObject({ kind: 'loss', level: 'warning' })
  expect((await run('doctor', '--fail-on', 'warning')).code).toBe(1)
  expect((await run('doctor', '--fail-on', 'invalid')).code).toBe(0)
})
