import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { commandLine } from '../cli-testing'
import { jsonSpan, runId, traces } from '../receive/testing'

const { folder, run, startDev } = commandLine()

const DAY = 864e5
/** Long past: a receiver would refuse it as of now. */
const THEN = Date.UTC(2023, 2, 10, 12)

const text = (stringValue: string) => ({ stringValue })
const nano = (time: number) => `${time}000000`

/** A run that reaches these steps, begun at that time. */
const visit = (start: number, ...steps: string[]) => {
  const id = runId(start)
  return steps.map((step, index) =>
    jsonSpan(
      {
        'throughline.journey.name': text('checkout'),
        'throughline.journey.version': text('1'),
        'throughline.run.id': text(id),
        'throughline.step.name': text(step),
        'throughline.event.id': text(`${id}${step}`),
        'throughline.event.source': text('browser'),
      },
      {
        name: 'throughline.step.enter',
        startTimeUnixNano: nano(start + index),
        endTimeUnixNano: nano(start + index),
      },
    ),
  )
}

const logLine = (time: number, body: string) =>
  JSON.stringify({
    resourceLogs: [{ scopeLogs: [{ logRecords: [{ timeUnixNano: nano(time), body: text(body) }] }] }],
  })

const write = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder(), name), content)
  return name
}

async function report(...args: string[]) {
  const { out } = await run('report', '--json', '--data', 'data', ...args)
  const { steps, runs } = JSON.parse(out).journeys[0]
  return [runs, ...steps.map((step: { reached: number }) => step.reached)]
}

const lines = () => [
  traces(...visit(THEN, 'cart', 'paid')),
  traces(...visit(THEN + 70 * DAY, 'cart')),
  logLine(THEN, 'one'),
]

describe('a recording of the collector', () => {
  test('is judged as of its own days, and changes nothing the second time', async () => {
    const file = write('a.jsonl', `${lines().join('\n')}\n`)
    const first = await run('import', file, '--data', 'data')
    expect([first.code, first.err, first.out]).toEqual([
      0,
      '',
      'a.jsonl: age judged as of 2023-03-10 to 2023-05-19; 3 spans and 1 log record stored\n',
    ])
    const before = await report()
    expect(before).toEqual([2, 2, 1])
    const { out } = await run('import', file, '--data', 'data')
    expect(out).toContain('0 spans and 0 log records stored, 4 were there already')
    expect(await report()).toEqual(before)
  })

  test('goes to the dev that holds the folder, also compressed and grown', async () => {
    const dev = await startDev('--data', 'data')
    const [first, ...rest] = lines()
    await run('import', write('a.jsonl', first!), '--data', 'data')
    const file = write('b.jsonl.gz', gzipSync([first, ...rest].join('\n')))
    const { code, out } = await run('import', file, '--data', 'data')
    expect([code, out]).toEqual([0, expect.stringContaining('1 span and 1 log record stored, 2 were there')])
    expect(await report()).toEqual([2, 2, 1])
    expect(await dev.stop('SIGTERM')).toBe(0)
  })

  test('bad lines are named, and the rest goes on', async () => {
    const noId = jsonSpan({}, { traceId: 'x' })
    const content = [
      '{"resourceSpans":[{"cut',
      lines()[0],
      JSON.stringify({ hello: 1 }),
      '',
      traces(noId),
      JSON.stringify({ resourceMetrics: [] }),
      lines()[1],
    ]
    const { code, out, err } = await run('import', write('a.jsonl', content.join('\n')), '--data', 'data')
    expect(code).toBe(1)
    expect(out).toContain('3 spans and 0 log records stored, 1 request of metrics not read')
    expect(err.split('\n')).toEqual([
      expect.stringMatching(/^throughline: a\.jsonl:1 no JSON: /),
      'throughline: a.jsonl:3 neither OTLP nor a trace of Jaeger or Tempo',
      expect.stringMatching(/^throughline: a\.jsonl:5 a span's traceId must be 32 hex digits$/),
      'throughline: a.jsonl: of 3 bad lines nothing was taken',
      '',
    ])
    expect(await report()).toEqual([2, 2, 1])
  })

  test('a clock that is years ahead does not make the rest too old', async () => {
    const ahead = jsonSpan(
      {},
      { startTimeUnixNano: nano(THEN + 4000 * DAY), endTimeUnixNano: nano(THEN + 4000 * DAY) },
    )
    const content = [...lines(), traces(ahead)].join('\n')
    const { out } = await run('import', write('a.jsonl', content), '--data', 'data')
    expect(out).toMatch(
      /as of 2023-03-10 to 2023-05-19; 3 spans and 1 log record stored, 1 refused\n {2}refused: 1 over/,
    )
  })

  test('a file that is none is an error', async () => {
    const { code, err } = await run('import', 'nowhere.jsonl', '--data', 'data')
    expect([code, err]).toEqual([1, 'throughline: nowhere.jsonl is no file\n'])
    expect((await run('import', '--data', 'data')).err).toContain('name the files to import')
  })
})

test('a trace of Tempo, whose ids are base64, over many lines', async () => {
  const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64')
  const spans = visit(THEN, 'cart', 'paid').map((span) => ({
    ...span,
    traceId: base64(span.traceId),
    spanId: base64(span.spanId),
    kind: 'SPAN_KIND_INTERNAL',
  }))
  const tempo = { batches: [{ resource: {}, scopeSpans: [{ scope: { name: 'a' }, spans }] }] }
  const { code, out } = await run('import', write('a.json', JSON.stringify(tempo, null, 2)), '--data', 'data')
  expect([code, out]).toEqual([0, expect.stringContaining('2 spans and 0 log records stored')])
  expect(await report()).toEqual([1, 1, 1])
})
