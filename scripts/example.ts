// `npm run example NAME`: an example in development, with the packages of this repository, beside `throughline dev`.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { exampleFolder, installOf, manifestOf, refresh } from './examples.ts'
import { startDev } from './shop.ts'

const names = globSync(exampleFolder('*/package.json'))
  .map((file) => basename(dirname(file)))
  .filter((name) => manifestOf(exampleFolder(name)).scripts?.dev)
  .sort()

const [name = ''] = process.argv.slice(2)
const folder = exampleFolder(name)
if (!names.includes(name)) {
  console.error(`npm run example NAME, one of: ${names.join(', ')}`)
  process.exit(1)
}

const install = installOf(folder)
if (!install) refresh(folder)
else if (spawnSync('npm', install, { cwd: folder, stdio: 'inherit' }).status !== 0) process.exit(1)

const config = join(folder, 'throughline.config.ts')
const serve = (port: number) => startDev({ port, data: join(folder, '.throughline'), config })
const dev = await serve(4318).catch((error) => {
  if (!/port 4318 is taken/.test(error.message)) throw error
  return serve(0)
})
console.log(`The report: ${dev.url}`)

// A group of its own: npm does not end what its scripts have started.
const app = spawn('npm', ['run', '--silent', 'dev'], {
  cwd: folder,
  detached: true,
  stdio: ['ignore', 'inherit', 'inherit'],
  env: { ...process.env, THROUGHLINE_URL: dev.url, OTEL_EXPORTER_OTLP_ENDPOINT: dev.url },
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.kill(-app.pid!, signal))
await once(app, 'exit')
await dev.stop()
