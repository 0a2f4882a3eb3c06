import { defineConfig } from 'tsup'

export default defineConfig([
  {
    entry: { index: 'src/index.ts', cli: 'src/cli.ts', worker: 'src/receive/worker.ts' },
    format: 'esm',
    target: 'es2022',
    sourcemap: true,
  },
  {
    entry: { index: 'src/index.ts' },
    format: 'cjs',
    target: 'es2022',
    sourcemap: true,
    // `import.meta.url`, from which the .sql files are found.
    shims: true,
  },
  { entry: { index: 'src/index.ts' }, format: ['esm', 'cjs'], dts: { only: true } },
])
