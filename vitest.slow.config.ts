import { defineConfig } from 'vitest/config'

// `npm run slow`, apart from `npm test`: real frameworks, installed and built for production when they are first
// needed.
export default defineConfig({
  test: {
    name: 'slow',
    include: ['e2e/frameworks/**/*.slow.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 900_000,
    fileParallelism: false,
  },
})
