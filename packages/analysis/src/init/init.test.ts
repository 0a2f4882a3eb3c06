import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { defineJourney } from '@throughline/core'
import ts from 'typescript'
import { afterEach, describe, expect, it } from 'vitest'
import { addressesIn, proposeJourney } from './addresses'
import { lookAt } from './project'
import { propose } from './proposal'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** A project with these files; what its package.json depends on comes first. */
function project(uses: string[], files: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-init-'))
  folders.push(folder)
  const dependencies = Object.fromEntries(uses.map((name) => [name, '*']))
  const all = { 'package.json': JSON.stringify({ name: '@acme/shop', dependencies }), ...files }
  for (const [file, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  return lookAt(folder)
}

const NEXT = {
  'tsconfig.json': '{}',
  'pnpm-lock.yaml': '',
  'src/app/layout.tsx': '',
  'src/app/page.tsx': '',
  'src/app/(shop)/products/[id]/page.tsx': '',
  'src/app/(shop)/@modal/(.)products/[id]/page.tsx': '',
  'src/app/cart/page.tsx': '',
  'src/app/checkout/payment/page.tsx': '',
  'src/app/orders/[id]/page.tsx': '',
  'src/app/docs/[...all]/page.tsx': '',
  'node_modules/x/app/evil/page.tsx': '',
}

it('finds the addresses of file routers, without groups, slots and intercepted routes', () => {
  const expected = ['/', '/cart', '/checkout/payment', '/docs/*', '/orders/:id', '/products/:id']
  expect(addressesIn(project(['next'], NEXT)).sort()).toEqual(expected)
  expect(
    addressesIn(
      project(['@sveltejs/kit'], {
        'src/routes/+page.svelte': '',
        'src/routes/(app)/cart/+page.svelte': '',
        'src/routes/orders/[id]/+page.svelte': '',
      }),
    ).sort(),
  ).toEqual(['/', '/cart', '/orders/:id'])
})

it.each([
  ['React Router', '<Route path="/orders/:id" /><Route path={"cart"} />', ['/cart', '/orders/:id']],
  ['Vue Router', "[{ path: '/cart' }, { path: '/orders/:id(\\\\d+)' }]", ['/cart', '/orders/:id']],
  ['Angular', "[{ path: 'cart' }, { path: '**' }]", ['/cart']],
  ['TanStack Router', "createFileRoute('/orders/$orderId')", ['/orders/:orderId']],
  ["React Router's routes.ts", "[route('cart', './cart.tsx')]", ['/cart']],
])('finds the addresses that %s has in code', (_, text, expected) => {
  expect(addressesIn(project([], { 'src/routes.tsx': text })).sort()).toEqual(expected)
})

it('orders steps as a journey passes them, and says when it knows none', () => {
  expect(proposeJourney(['/orders/:id', '/checkout/payment', '/cart']).steps).toEqual([
    { name: 'cart', at: '/cart' },
    { name: 'payment', at: '/checkout/payment' },
    { name: 'confirmation', at: '/orders/:id' },
  ])
  expect(proposeJourney(['/welcome', '/sign-up']).name).toBe('sign-up')
  expect(proposeJourney(['/', '/about']).isFound).toBe(false)
})

const filesOf = ({ changes }: ReturnType<typeof propose>) => changes.map(({ file }) => file)

it('proposes what the framework loads first, and leaves what exists', () => {
  expect(filesOf(propose(project(['next', 'react'], NEXT)))).toEqual([
    'src/journeys.ts',
    'src/instrumentation-client.ts',
    'src/instrumentation.ts',
    'src/instrumentation-node.ts',
    'src/request-journey.ts',
    'throughline.config.ts',
  ])
  const vite = propose(
    project(['vite', 'react', 'express'], {
      'src/main.jsx': "import './app'\n",
      'src/journeys.js': '// mine',
      'server/index.js': 'const app = express()',
    }),
  )
  expect(filesOf(vite)).toEqual([
    'src/throughline.js',
    'server/telemetry.mjs',
    'throughline.config.ts',
    'src/main.jsx',
  ])
  expect(vite.changes.at(-1)).toEqual({
    file: 'src/main.jsx',
    before: "import './app'\n",
    added: "import './throughline'\n",
  })
  expect(vite.next.join('\n')).toMatch(
    /npm install .*@throughline\/react[\s\S]*require\('\.\.\/src\/journeys\.js'\)[\s\S]*src\/journeys.js exists/,
  )
  expect(propose(project(['next'], NEXT)).next[0]).toMatch(/^pnpm add @throughline\/core/)
})

it.each([
  ['next', NEXT],
  ['vite', { 'tsconfig.json': '{}', 'src/main.tsx': '' }],
  ['@angular/core', { 'tsconfig.json': '{}', 'src/main.ts': '' }],
  ['nuxt', { 'tsconfig.json': '{}', 'app/pages/cart.vue': '' }],
  ['@react-router/dev', { 'tsconfig.json': '{}', 'app/root.tsx': '', 'app/entry.client.tsx': '' }],
  ['@sveltejs/kit', { 'tsconfig.json': '{}', 'src/routes/cart/+page.svelte': '' }],
  ['plain', { 'index.js': '' }],
  ['express', { 'server.js': '' }],
  ['express', { 'server.js': 'response.render("cart")' }],
  ['fastify', { 'tsconfig.json': '{}', 'src/server.ts': "import './routes.js'" }],
  ['koa', { 'tsconfig.json': '{}', 'src/server.ts': "import './routes.ts'" }],
])('what it proposes for %s is TypeScript or JavaScript without a fault in it', (uses, files) => {
  const { changes } = propose(project([uses], files as Record<string, string>))
  for (const { file, added } of changes) {
    const { diagnostics } = ts.transpileModule(added, { reportDiagnostics: true, fileName: file })
    expect(diagnostics).toEqual([])
    for (const [, path] of added.matchAll(/from '(\.[^']+)'/g)) {
      const target = join(dirname(file), path!.replace(/\.[jt]s$/, ''))
      expect(filesOf({ changes, next: [] }).map((one) => one.replace(/\.[jt]s$/, ''))).toContain(target)
    }
  }
})

const SERVERS = {
  express: async () => (await import('express')).default(),
  fastify: async () => (await import('fastify')).default(),
  koa: async () => new (await import('koa')).default(),
  hono: async () => new (await import('hono')).Hono(),
}

it.each(Object.entries(SERVERS))('the lines for %s are taken by it', async (name, create) => {
  const said = propose(project([name], { 'index.js': '' })).next.find((line) =>
    line.includes('throughline }'),
  )!
  const [, entry = 'index', call] = /require\('@throughline\/node(?:\/(\w+))?'\)\n(.+)/.exec(said)!
  const { throughline } = await import(`../../../node/src/${entry}.ts`)
  const checkout = defineJourney('checkout', { version: '1', steps: ['cart', 'done'], converts: 'done' })
  const app = (await create()) as { ready?(): Promise<unknown> }
  const run = new Function('app', 'throughline', 'checkout', `return (async () => { ${call}\n })()`)
  await run(app, throughline, checkout)
  await app.ready?.()
})

it('proposes the script tag where nothing bundles what a page imports', () => {
  const server = propose(
    project(['express'], {
      'server.js':
        "app.get('/cart', cart); app.get('/api/orders', list); app.get('/thanks/:id', (_, answer) => answer.render('thanks'))",
    }),
  )
  expect(filesOf(server)).toEqual([
    'public/journeys.js',
    'public/start-throughline.js',
    'telemetry.mjs',
    'throughline.config.ts',
  ])
  const [journeys, start, telemetry, config] = server.changes
  expect(telemetry!.added).toContain("from './public/journeys.js'")
  expect(journeys!.added).not.toMatch(/import .* from/)
  expect(journeys!.added).toMatch(/'cart', at: '\/cart'[\s\S]*'confirmation', at: '\/thanks\/:id'/)
  expect(start!.added).not.toContain("from '@")
  expect(config!.added).toContain("from './public/journeys.js'")
  const next = server.next.join('\n')
  expect(next).toContain('<script defer src="/throughline.js"></script>')
  expect(next).toContain("require.resolve('@throughline/core/script')")
  expect(next).toContain('app.use(throughline({ journeys: [checkout] }))')

  const pages = propose(project([], { 'cart.html': '', 'payment.html': '', 'thanks.html': '' }))
  expect(pages.changes[0]).toMatchObject({
    file: 'journeys.js',
    added: expect.stringMatching(/'payment', at: '\/payment.html'/),
  })
  expect(pages.next.join('\n')).toContain('/node_modules/@throughline/core/dist/throughline.js')
  expect(pages.next.join('\n')).toContain('chdb@3.4.0')
})

describe('a project that has nothing but a server', () => {
  const PAGES = /startThroughline\(|<script|instrumentation-fetch|sdk-trace-web/

  it.each([
    ['express', 'const app = express()'],
    ['fastify', 'const app = Fastify({ logger: true })'],
    ['koa', 'const app = new Koa()'],
    ['hono', 'const app = new Hono()'],
    ['@nestjs/core', 'const app = await NestFactory.create(AppModule)'],
    ['http', "import { createServer } from 'node:http'\ncreateServer(answer).listen(3000)"],
  ])('%s: is shown the side of the server alone', (name, code) => {
    const uses = [name, 'vite', 'tsup'].filter((one) => one !== 'http')
    const { changes, next } = propose(
      project(uses, { 'src/api.js': code, 'src/api.test.js': 'app.render()' }),
    )
    expect(filesOf({ changes, next })).toEqual([
      'src/journeys.js',
      'src/telemetry.js',
      'throughline.config.ts',
    ])
    for (const { added } of changes) expect(added).not.toMatch(PAGES)
    for (const line of next) expect(line).not.toMatch(/<script|instrumentation-fetch|sdk-trace-web/)
    expect(next.join('\n')).toMatch(/In src\/api\.js:\n\nconst \{ checkout \} = require\('\.\/journeys'\)/)
    expect(next.join('\n')).toContain('node --require ./src/telemetry.js')
  })

  it.each([
    ['NestFactory.create(AppModule)', 'app.use(throughline('],
    ['NestFactory.create(AppModule, new FastifyAdapter())', 'await app.register(throughline('],
  ])('Nest takes what its platform takes: %s', (code, call) => {
    const { next } = propose(
      project(['@nestjs/core', '@nestjs/platform-express', '@nestjs/platform-fastify'], {
        'src/main-again.js': 'NestFactory.create(AppModule)',
        'src/main.js': code,
      }),
    )
    expect(next.join('\n')).toMatch(/In src\/main\.js:/)
    expect(next.join('\n')).toContain(call)
  })

  it('with OpenTelemetry of its own is told what to add to it', () => {
    const { changes, next } = propose(
      project(['express', '@opentelemetry/sdk-node'], { 'server.js': 'express()', 'tracing.js': '' }),
    )
    expect(filesOf({ changes, next })).toEqual(['journeys.js', 'throughline.config.ts'])
    expect(next.join('\n')).toMatch(/has OpenTelemetry already: add to its set-up[\s\S]*journeyProcessors/)
  })

  it.each([
    ['files that it gives out', { 'server.js': "express(); app.use(express.static('web'))" }],
    ['templates', { 'server.js': "express(); response.render('cart')" }],
    ['an HTML file', { 'server.js': 'express()', 'index.html': '' }],
  ])('%s are pages', (_, files) => {
    expect(filesOf(propose(project(['express'], files)))).toContain('public/start-throughline.js')
  })
})

describe('a framework that has both sides', () => {
  const KIT = { 'tsconfig.json': '{}', 'src/routes/cart/+page.svelte': '' }
  const ROUTER = { 'tsconfig.json': '{}', 'app/root.tsx': 'export default Root\n', 'app/routes.ts': '' }

  it('SvelteKit', () => {
    const { changes, next } = propose(project(['@sveltejs/kit', 'vite'], KIT))
    expect(filesOf({ changes, next })).toEqual([
      'src/journeys.ts',
      'src/hooks.client.ts',
      'src/instrumentation.server.ts',
      'src/hooks.server.ts',
      'throughline.config.ts',
    ])
  })

  it('React Router', () => {
    const { changes, next } = propose(project(['@react-router/dev', 'react', 'vite'], ROUTER))
    expect(filesOf({ changes, next })).toEqual([
      'app/journeys.ts',
      'app/throughline.ts',
      'telemetry.mjs',
      'throughline.config.ts',
      'app/root.tsx',
    ])
    expect(changes.at(-1)!.added).toMatch(/^import '.\/throughline'\n[\s\S]*export const middleware/)
    expect(next.join('\n')).toContain("NODE_OPTIONS='--import ./telemetry.mjs'")
  })

  it.each([
    ['next', { ...NEXT, 'src/instrumentation.js': '// mine' }, 'src/instrumentation.js'],
    ['@sveltejs/kit', { ...KIT, 'src/hooks.server.js': '// mine' }, 'src/hooks.server.js'],
    ['@sveltejs/kit', { ...KIT, 'src/instrumentation.server.ts': '' }, 'src/instrumentation.server.ts'],
    ['@react-router/dev', { ...ROUTER, 'telemetry.ts': '// mine' }, 'telemetry.ts'],
    [
      '@react-router/dev',
      { ...ROUTER, 'app/root.tsx': "import './throughline'\nexport const middleware = []" },
      'app/root.tsx',
    ],
  ] as [string, Record<string, string>, string][])(
    '%s: what exists is named, and left',
    (uses, files, existing) => {
      const { changes, next } = propose(project([uses], files))
      expect(filesOf({ changes, next })).not.toContain(existing)
      expect(next.join('\n')).toMatch(new RegExp(`${existing} (is there: add to it|has a middleware)`))
    },
  )

  it.each([
    ['next', { 'next.config.mjs': "export default { output: 'export' }", 'app/page.tsx': '' }],
    ['@react-router/dev', { 'react-router.config.ts': 'export default { ssr: false }', 'app/root.tsx': '' }],
  ])('%s without a server has pages alone', (uses, files) => {
    const { next } = propose(project([uses], files as unknown as Record<string, string>))
    expect(next.join('\n')).not.toContain('@throughline/node')
  })
})

it.each([
  ['a set-up without them', {}, true],
  ['vite-env.d.ts', { 'src/vite-env.d.ts': '/// <reference types="vite/client" />' }, false],
  ['tsconfig.app.json', { 'tsconfig.app.json': '{ "types": ["vite/client"] }' }, false],
])("the start has Vite's types where nothing else has: %s", (_, files, isNeeded) => {
  const { changes } = propose(
    project(['vite', 'vue'], {
      'tsconfig.json': '{}',
      'src/main.ts': '',
      ...(files as Record<string, string>),
    }),
  )
  expect(changes.find(({ file }) => file === 'src/throughline.ts')!.added.startsWith('///')).toBe(isNeeded)
})

it('a journey that is declared already is the one that all else is about', () => {
  const { changes } = propose(
    project(['next'], { ...NEXT, 'src/journeys.ts': "export const buying = defineJourney('buying', {})" }),
  )
  for (const { added } of changes.filter(({ added }) => added.includes('journeys: [')))
    expect(added).toMatch(/import \{ buying \} from[\s\S]*journeys: \[buying\]/)
})

it('the start is imported by the script that the page loads, not by a server', () => {
  const { changes } = propose(
    project(['vite', '@nestjs/core'], {
      'tsconfig.json': '{}',
      'src/main.ts': 'NestFactory.create(AppModule)',
      'web/index.html': '<script type="module" src="/main.ts"></script>',
      'web/main.ts': '',
    }),
  )
  expect(filesOf({ changes, next: [] })).toEqual([
    'src/journeys.ts',
    'web/throughline.ts',
    'src/telemetry.ts',
    'throughline.config.ts',
    'web/main.ts',
  ])
})

it('says what to do where there is no project', () => {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-init-'))
  folders.push(folder)
  expect(() => lookAt(folder)).toThrow(/no package.json.*run this in the folder of your application/)
})
