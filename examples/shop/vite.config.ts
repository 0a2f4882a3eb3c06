import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [react()],
  // The packages as they are published: the repository's tsconfig would lead to their sources.
  build: { target: 'es2022', sourcemap: true, rolldownOptions: { tsconfig: false } },
})
