import { defineConfig } from 'tsup'

export default defineConfig(({ define }) => ({
  entry: {
    index: 'src/index.ts',
    'web/index': 'src/web/index.ts',
    'web/own': 'src/web/own.ts',
    'web/script': 'src/web/script.ts',
  },
  format: ['esm', 'cjs'],
  target: 'es2022',
  splitting: true,
  sourcemap: true,
  // Constants go where they are used: bundlers see too late that they never change.
  esbuildOptions(options) {
    options.minifySyntax = define?.__DEV__ === 'false'
  },
}))
