import { defineConfig } from 'tsup'
import { browserslist } from './package.json'

export default defineConfig(({ define }) => ({
  entry: {
    index: 'src/index.ts',
    'web/index': 'src/web/index.ts',
    'web/own': 'src/web/own.ts',
    'web/script': 'src/web/script.ts',
    'test-tracker': 'src/test-tracker.ts',
  },
  format: ['esm', 'cjs'],
  // The supported browsers, as `browserslist` of package.json has them.
  target: browserslist.filter((one) => !one.startsWith('ios')).map((one) => one.replace(' >= ', '')),
  splitting: true,
  // Of the script tag alone, which rollup makes.
  external: ['@opentelemetry/instrumentation-fetch'],
  sourcemap: true,
  // Constants go where they are used: bundlers see too late that they never change.
  esbuildOptions(options) {
    options.minifySyntax = define?.__DEV__ === 'false'
  },
}))
