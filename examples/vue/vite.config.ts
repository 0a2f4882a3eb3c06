import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

// What pages send goes to `throughline dev`; `vite preview` has the same proxy.
const target = process.env.THROUGHLINE_URL ?? 'http://127.0.0.1:4318'

export default defineConfig({
  plugins: [vue()],
  server: { proxy: { '/otlp': { target, rewrite: (path) => path.slice('/otlp'.length) } } },
})
