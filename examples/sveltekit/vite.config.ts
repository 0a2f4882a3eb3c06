import adapter from '@sveltejs/adapter-node'
import { sveltekit } from '@sveltejs/kit/vite'
import { defineConfig } from 'vite'

// Where it is reached: forms that other origins send are refused.
const origin = process.env.ORIGIN ?? 'http://localhost:3000'

export default defineConfig({ plugins: [sveltekit({ adapter: adapter(), paths: { origin } })] })
