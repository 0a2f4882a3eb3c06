import resolve from '@rollup/plugin-node-resolve'
import terser from '@rollup/plugin-terser'

// Most of this runs as the page starts: V8 is told to compile it while it loads, off the main thread ("explicit
// compile hints"). It reads that on the first line alone.
const AHEAD = '//# allFunctionsCalledOnLoad'

// The script-tag bundle: one file with everything in it, from the production build.
export default {
  input: 'dist/production/web/script.js',
  output: {
    file: 'dist/throughline.js',
    format: 'iife',
    sourcemap: true,
    inlineDynamicImports: true,
    banner: `${AHEAD}\n/*! Throughline, with OpenTelemetry JS and web-vitals in it: Apache-2.0 */`,
  },
  plugins: [resolve({ browser: true }), terser({ format: { comments: /^!|^# all/, ascii_only: true } })],
  onwarn(warning, warn) {
    if (warning.code !== 'THIS_IS_UNDEFINED' && warning.code !== 'CIRCULAR_DEPENDENCY') warn(warning)
  },
}
