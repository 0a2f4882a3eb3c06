import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Service } from './processes.ts'
import { isFree, stop } from './processes.ts'
import { buildShop, reportShop, shopFolder, startDev, startShop } from './shop.ts'

// `npm start`: Throughline's receiver and live page, the example shop, and simulated visitors who leave a report
// behind.

const help = `npm start -- [options]
  --fresh           begin anew: forget the data of earlier starts
  --port N          Throughline's receiver and live page (4318, or THROUGHLINE_PORT)
  --shop-port N     the shop (3000, or SHOP_PORT)
  --data FOLDER     where the data lives (.throughline)
  --visitors N      how many simulated visitors come on the first start`

/** Something the user can put right: said in one line, without a stack. */
class Advice extends Error {}

function settings() {
  const parse = () =>
    parseArgs({
      options: {
        fresh: { type: 'boolean', default: false },
        port: { type: 'string', default: process.env.THROUGHLINE_PORT ?? '4318' },
        'shop-port': { type: 'string', default: process.env.SHOP_PORT ?? '3000' },
        data: { type: 'string', default: fileURLToPath(new URL('../.throughline', import.meta.url)) },
        visitors: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values
  let values: ReturnType<typeof parse>
  try {
    values = parse()
  } catch (error) {
    throw new Advice(`${(error as Error).message}\n${help}`)
  }
  const number = (text: string, what: string, from: number, to: number) => {
    const value = Number(text)
    if (Number.isInteger(value) && value >= from && value <= to) return value
    throw new Advice(`${what} is "${text}"; give a whole number from ${from} to ${to}`)
  }
  return {
    ...values,
    port: number(values.port, '--port (or THROUGHLINE_PORT)', 0, 65_535),
    shopPort: number(values['shop-port'], '--shop-port (or SHOP_PORT)', 0, 65_535),
    visitors: values.visitors && String(number(values.visitors, '--visitors', 1, 100_000)),
  }
}

const services: Service[] = []
let visitors: ReturnType<typeof spawn> | undefined
let stopping = false

/** Stops everything, the last one started first. */
async function end(code: number): Promise<never> {
  if (visitors) await stop(visitors)
  for (const service of services.reverse()) await service.stop()
  process.exit(code)
}

async function step<T>(what: string, work: () => Promise<T>): Promise<T> {
  process.stdout.write(`${what} … `)
  const started = performance.now()
  try {
    const result = await work()
    process.stdout.write(`${((performance.now() - started) / 1000).toFixed(0)} s\n`)
    return result
  } catch (error) {
    process.stdout.write('failed\n')
    throw error
  }
}

async function serve<T extends Service>(what: string, start: () => Promise<T>): Promise<T> {
  const service = await step(what, start)
  services.push(service)
  service.child.once('exit', (code) => {
    if (stopping) return
    stopping = true
    const how = code === 0 ? 'has ended, and everything with it' : `ended unexpectedly (${code}); start again`
    process.stderr.write(`\nthroughline: "${what}" ${how}\n`)
    end(1)
  })
  return service
}

/** Sends the visitors; resolves when the last one has left. */
function sendVisitors(shop: string, otlp: string, truth: string, count: string | undefined): Promise<void> {
  const more = count ? ['--visitors', count] : []
  const child = spawn(
    process.execPath,
    ['visitors/main.ts', '--shop', shop, '--otlp', otlp, '--truth', truth, '--browsers', ...more],
    { cwd: shopFolder, stdio: ['ignore', 'inherit', 'inherit'] },
  )
  visitors = child
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => {
      visitors = undefined
      if (code === 0) resolve()
      else reject(new Error('the simulated visitors had to give up; see above'))
    })
  })
}

/** The receiver of an earlier start that has a port: its end ends that start as a whole. */
function earlierStart(data: string, port: number): number | undefined {
  try {
    const { url, pid } = JSON.parse(readFileSync(`${data}/dev.json`, 'utf8'))
    process.kill(pid, 0)
    return new URL(url).port === String(port) ? pid : undefined
  } catch {
    // There is none, or it has gone.
    return undefined
  }
}

/** Says of all ports at once which are taken, and which to use instead. */
async function checkPorts(wanted: readonly { port: number; option: string; name: string }[], data: string) {
  const taken: string[] = []
  const options: string[] = []
  for (const { port, option, name } of wanted) {
    let free = port
    while (free && !(await isFree(free))) free++
    if (free !== port) {
      const pid = earlierStart(data, port)
      const by = pid === undefined ? '' : ` by an earlier start (stop it with "kill ${pid}")`
      taken.push(`port ${port}, for ${name}, is taken${by}`)
    }
    options.push(`${option} ${free}`)
  }
  if (taken.length > 0)
    throw new Advice(`${taken.join(' and ')}: free it, or run "npm start -- ${options.join(' ')}"`)
}

async function main() {
  const { fresh, port, shopPort, data, visitors: count, help: wanted } = settings()
  if (wanted) return void console.log(help)
  const ports = [
    { port, option: '--port', name: "Throughline's receiver" },
    { port: shopPort, option: '--shop-port', name: 'the shop' },
  ]
  await checkPorts(ports, data)
  if (fresh) rmSync(data, { recursive: true, force: true })
  mkdirSync(data, { recursive: true })

  await step('Building the shop', buildShop)
  const dev = await serve('Starting the receiver and its database', () => startDev({ port, data }))
  const shop = await serve('Starting the shop', () => startShop({ otlp: dev.url, port: shopPort }))

  const truth = `${data}/truth.json`
  if (existsSync(truth))
    console.log('The data of earlier starts is kept; "npm start -- --fresh" begins anew.')
  else {
    console.log('Simulated visitors, on the first start only:')
    await sendVisitors(shop.url, dev.url, truth, count)
  }
  await reportShop(data)
  console.log(`
  Live page  ${dev.url}/
  Shop       ${shop.url}/   (buy something and see your own run counted; "1012 AB" is a postcode, "1012AB" meets an error)

The page judges a hypothesis once its time has passed since the last exposure: five minutes after the visitors it says what is said here.

Ctrl-C stops everything.`)
}

// Whoever read our output, such as `head`, has read enough: the services go on.
process.stdout.on('error', () => {})

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    if (stopping) return
    stopping = true
    process.stdout.write('\nStopping …\n')
    end(0)
  })

main().catch((error: Error) => {
  if (stopping) return
  stopping = true
  process.stderr.write(`throughline: ${error instanceof Advice ? error.message : (error.stack ?? error)}\n`)
  end(1)
})
