import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commandLine } from '../cli-testing'

const { folder, run, writeConfig } = commandLine()

const TWO = `
const checkout = (version, p75) => ({
  name: 'checkout', version, steps: ['cart', { name: 'gift', optional: true }, 'paid', 'thanks'], converts: 'paid', ready: { cart: { p75 } },
})
export default {
  journeys: [checkout('10', 1200), checkout('9', 900), { name: 'signup', version: '1', steps: ['form', 'done'], converts: 'done', ready: { form: { p75: 45000 } } }],
  hypotheses: [{ id: 'one-page', statement: 'It is better', journey: 'signup', variants: ['control', 'one-page'], expect: { metric: 'conversion', relative: 0.1 } }],
}`

const read = (name: string) => readFileSync(join(folder(), 'throughline-alerts', name), 'utf8')

test('writes rules and dashboards for what is declared', async () => {
  writeConfig(TWO)
  const { code, out, err } = await run('alerts')
  expect(code).toBe(0)
  const files = readdirSync(join(folder(), 'throughline-alerts')).sort()
  expect(files).toEqual([
    'clickhouse-delivery.json',
    'clickhouse-hypotheses.json',
    'clickhouse-journeys.json',
    'clickhouse-steps-checkout.json',
    'clickhouse-steps-signup.json',
    'prometheus-delivery.json',
    'prometheus-journeys.json',
    'prometheus-steps-checkout.json',
    'prometheus-steps-signup.json',
    'rules.yaml',
  ])
  expect(out.trim().split('\n').sort()).toEqual(files.map((file) => join('throughline-alerts', file)))
  expect(err).toBe(
    'throughline: signup/form has a target that the counters do not reach (30 s): it gets no alert\n',
  )
  const declared = [
    ...read('rules.yaml').matchAll(/record: (\S+)\n +expr: vector\((\d+)\)\n +labels: .*"(\w+)".*"(\w+)"/g),
  ]
  // Of two versions the newer; steps from the conversion on lead nowhere.
  expect(declared.map(([, ...what]) => what.join(' '))).toEqual([
    'throughline:step:declared 1 checkout cart',
    'throughline:step_ready:target_milliseconds 1200 checkout cart',
    'throughline:step:declared 1 checkout gift',
    'throughline:step:declared 1 signup form',
    'throughline:step_ready:target_milliseconds 45000 signup form',
  ])
})

test('gives every panel a place of its own, and leaves nothing to be filled in', async () => {
  writeConfig(TWO)
  await run('alerts')
  for (const file of readdirSync(join(folder(), 'throughline-alerts'))) {
    const text = read(file)
    expect(text, file).not.toMatch(/(?<!\$)\{\w+(:\w+)?\}(?!\})/)
    if (!file.endsWith('.json')) continue
    const { uid, panels } = JSON.parse(text)
    expect(file).toBe(`${uid.replace('throughline-', '')}.json`)
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }: { gridPos: Record<string, number> }) =>
      Array.from({ length: w! * h! }, (_, cell) => `${x! + (cell % w!)},${y! + Math.floor(cell / w!)}`),
    )
    expect(new Set(cells).size, file).toBe(cells.length)
    expect(new Set(panels.map(({ id }: { id: number }) => id)).size).toBe(panels.length)
  }
})

test('makes no dashboard of hypotheses where there are none', async () => {
  const { out } = await run('alerts', '--out', 'there/deep')
  expect(out).toContain(join('there/deep', 'rules.yaml'))
  expect(out).not.toContain('hypotheses')
})

test('what a user gets wrong', async () => {
  writeFileSync(join(folder(), 'taken'), '')
  expect(await run('alerts', '--out', 'taken')).toEqual({
    code: 1,
    out: '',
    err: 'throughline: cannot write to taken: EEXIST\n',
  })
  expect((await run('alerts', '--config', 'none.ts')).err).toContain('there is no none.ts')
})
