import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { aliases } from './scripts/aliases.ts'

const modules = fileURLToPath(new URL('./e2e/otel-3/node_modules', import.meta.url))

// The same sources on OpenTelemetry JS 3.x: every `*.otel.test.ts` runs in the `node` project on 2.x and again here.
// The tests import the SDK through `#otel`, which names the line.
export default defineConfig({
  define: { __DEV__: 'true' },
  resolve: {
    alias: [...aliases, { find: /^@opentelemetry\/(.*)$/, replacement: `${modules}/@opentelemetry/$1` }],
  },
  test: {
    name: 'otel-3',
    include: ['packages/*/src/**/*.otel.test.ts', 'e2e/otel-3/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
  },
})
