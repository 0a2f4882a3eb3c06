import { defineConfig } from 'vitest/config'
import { aliases } from './scripts/aliases.ts'

// `npm run slow`, apart from `npm test`: real frameworks, installed and built for production when they are first
// needed; the SQL on a cluster and on several engines.
export default defineConfig({
  define: { __DEV__: 'true' },
  resolve: { alias: aliases },
  test: {
    name: 'slow',
    include: ['e2e/**/*.slow.test.ts', 'packages/*/src/**/*.slow.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 900_000,
    fileParallelism: false,
  },
})
