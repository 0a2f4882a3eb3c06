import resolve from '@rollup/plugin-node-resolve'
import terser from '@rollup/plugin-terser'

// The script-tag bundle: one file with everything in it, from the production build.
export default {
  input: 'dist/production/web/script.js',
  output: {
    file: 'dist/throughline.js',
    format: 'iife',
    sourcemap: true,
    inlineDynamicImports: true,
    banner: '/*! Throughline, with OpenTelemetry JS and web-vitals in it: Apache-2.0 */',
  },
  plugins: [resolve({ browser: true }), terser()],
  onwarn(warning, warn) {
    if (warning.code !== 'THIS_IS_UNDEFINED' && warning.code !== 'CIRCULAR_DEPENDENCY') warn(warning)
  },
}
