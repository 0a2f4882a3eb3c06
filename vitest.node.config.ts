import { defineConfig } from 'vitest/config'
import { aliases } from './scripts/aliases.ts'

export default defineConfig({
  define: { __DEV__: 'true' },
  resolve: { alias: aliases },
  test: {
    name: 'node',
    include: ['packages/*/src/**/*.test.{ts,tsx}', '{collector-config,docs,examples}/**/*.test.ts'],
    exclude: ['**/*.browser.test.*', '**/*.slow.test.*', '**/node_modules/**', '**/dist/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    typecheck: { enabled: false },
  },
})
