import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { defineJourney } from '@throughline/core'
import ts from 'typescript'
import { afterEach, expect, it } from 'vitest'
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
    'throughline.config.ts',
  ])
  const vite = propose(
    project(['vite', 'react', 'express'], {
      'src/main.jsx': "import './app'\n",
      'src/journeys.js': '// mine',
    }),
  )
  expect(filesOf(vite)).toEqual(['src/throughline.js', 'throughline.config.ts', 'src/main.jsx'])
  expect(vite.changes.at(-1)).toEqual({
    file: 'src/main.jsx',
    before: "import './app'\n",
    added: "import './throughline'\n",
  })
  expect(vite.next.join('\n')).toMatch(
    /npm install .*@throughline\/react[\s\S]*src\/journeys.js exists[\s\S]*express/,
  )
  expect(propose(project(['next'], NEXT)).next[0]).toMatch(/^pnpm add @throughline\/core/)
})

it.each([
  ['next', NEXT],
  ['vite', { 'tsconfig.json': '{}', 'src/main.tsx': '' }],
  ['@angular/core', { 'tsconfig.json': '{}', 'src/main.ts': '' }],
  ['nuxt', { 'tsconfig.json': '{}', 'app/pages/cart.vue': '' }],
  ['@react-router/dev', { 'tsconfig.json': '{}', 'app/root.tsx': '', 'app/entry.client.tsx': '' }],
  ['plain', { 'index.js': '' }],
  ['express', { 'server.js': '' }],
])('what it proposes for %s is TypeScript or JavaScript without a fault in it', (uses, files) => {
  const { changes } = propose(project([uses], files as Record<string, string>))
  for (const { file, added } of changes) {
    const { diagnostics } = ts.transpileModule(added, { reportDiagnostics: true, fileName: file })
    expect(diagnostics).toEqual([])
    for (const [, path] of added.matchAll(/from '(\.[^']+)'/g)) {
      const target = join(dirname(file), path!.replace(/\.js$/, ''))
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
    line.includes("from '@throughline/node"),
  )!
  const [, entry = 'index', call] = /from '@throughline\/node(?:\/(\w+))?'\n(.+)/.exec(said)!
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
      'server.js': "app.get('/cart', cart); app.get('/api/orders', list); app.get('/thanks/:id', thanks)",
    }),
  )
  expect(filesOf(server)).toEqual([
    'public/journeys.js',
    'public/start-throughline.js',
    'throughline.config.ts',
  ])
  const [journeys, start, config] = server.changes
  expect(journeys!.added).not.toMatch(/import .* from/)
  expect(journeys!.added).toMatch(/'cart', at: '\/cart'[\s\S]*'confirmation', at: '\/thanks\/:id'/)
  expect(start!.added).not.toContain("from '@")
  expect(config!.added).toContain("from './public/journeys.js'")
  const next = server.next.join('\n')
  expect(next).toContain('<script defer src="/throughline.js"></script>')
  expect(next).toContain("require.resolve('@throughline/core/script')")
  expect(next).toMatch(
    /app\.use\(throughline\(\{ journeys: \[checkout\] \}\)\)[\s\S]*It needs OpenTelemetry on the server/,
  )

  const pages = propose(project([], { 'cart.html': '', 'payment.html': '', 'thanks.html': '' }))
  expect(pages.changes[0]).toMatchObject({
    file: 'journeys.js',
    added: expect.stringMatching(/'payment', at: '\/payment.html'/),
  })
  expect(pages.next.join('\n')).toContain('/node_modules/@throughline/core/dist/throughline.js')
  expect(pages.next.join('\n')).toContain('chdb@3.4.0')
})

it('says what to do where there is no project', () => {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-init-'))
  folders.push(folder)
  expect(() => lookAt(folder)).toThrow(/no package.json.*run this in the folder of your application/)
})
