import { defineConfig } from 'tsup'

export default defineConfig({
  entry: { index: 'src/index.ts', fastify: 'src/fastify.ts', koa: 'src/koa.ts', hono: 'src/hono.ts' },
  format: ['esm', 'cjs'],
  target: 'es2022',
  dts: true,
  // What the entries share, such as the journeys of the requests under way, there may be once only.
  splitting: true,
  sourcemap: true,
  clean: true,
})
