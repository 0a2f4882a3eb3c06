import { defineConfig } from 'tsup'

export default defineConfig({
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
})
