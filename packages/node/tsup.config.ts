import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['index', 'fastify', 'koa', 'hono', 'next'].map((name) => `src/${name}.ts`),
  format: ['esm', 'cjs'],
  target: 'es2022',
  dts: true,
  // What the entries share, such as the journeys of the requests under way, there may be once only.
  splitting: true,
  sourcemap: true,
  clean: true,
})
