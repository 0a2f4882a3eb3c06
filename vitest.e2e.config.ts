import { defineConfig } from 'vitest/config'

// Whole-system tests run the built packages: `npm test` builds them first.
export default defineConfig({
  test: {
    name: 'e2e',
    include: ['e2e/*.test.ts'],
    exclude: ['e2e/*.slow.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 300_000,
    fileParallelism: false,
    // Apart from all others: these run whole systems in real time, and want the machine to themselves.
    sequence: { groupOrder: 1 },
  },
})
