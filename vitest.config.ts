import { defineConfig } from 'vitest/config'

// Three kinds of tests: `x.test.ts` runs in Node, `x.browser.test.ts` in a real Chromium, and `e2e/` drives
// whole processes (the built packages, the shop, the engine, the collector).
export default defineConfig({
  test: {
    silent: 'passed-only',
    projects: ['vitest.{node,otel-3,browser,e2e}.config.ts'],
  },
})
