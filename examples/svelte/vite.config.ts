import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

// What pages send goes to `throughline dev`; `vite preview` has the same proxy.
const target = process.env.THROUGHLINE_URL ?? 'http://127.0.0.1:4318'

export default defineConfig({
  plugins: [svelte()],
  server: { proxy: { '/otlp': { target, rewrite: (path) => path.slice('/otlp'.length) } } },
})
