import { defineConfig } from 'vitest/config'

// Without its cache of modules, which lies outside of this folder and outlives what is installed here.
export default defineConfig({ test: { globals: true, environment: 'jsdom', fsModuleCache: false } })
