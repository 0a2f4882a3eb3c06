import { fileURLToPath } from 'node:url'

const at = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))

/** Package names → sources, so that tests run without a build and stack traces point at what was written. */
export const aliases = [
  { find: /^@throughline\/core\/parts$/, replacement: at('packages/core/src/web/own.ts') },
  { find: /^@throughline\/core\/testing$/, replacement: at('packages/core/src/test-tracker.ts') },
  { find: /^@throughline\/core\/web$/, replacement: at('packages/core/src/web/index.ts') },
  { find: /^@throughline\/(core|react|node|analysis)$/, replacement: at('packages/$1/src/index.ts') },
]
