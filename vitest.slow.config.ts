import { defineConfig } from 'vitest/config'

// Applications of whole frameworks, which are installed and built when they are first asked for.
export default defineConfig({
  test: {
    name: 'slow',
    include: ['e2e/frameworks/**/*.slow.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 900_000,
    fileParallelism: false,
  },
})
