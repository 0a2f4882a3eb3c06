import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// What pages send goes to `throughline dev`; `vite preview` has the same proxy.
const target = process.env.THROUGHLINE_URL ?? 'http://127.0.0.1:4318'

export default defineConfig({
  plugins: [react()],
  server: { proxy: { '/otlp': { target, rewrite: (path) => path.slice('/otlp'.length) } } },
})
