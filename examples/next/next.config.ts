import type { NextConfig } from 'next'

const { THROUGHLINE_URL = 'http://127.0.0.1:4318' } = process.env

export default {
  // What pages send goes to `throughline dev`; in production to your collector. Read as the application is built.
  rewrites: async () => [{ source: '/otlp/:path*', destination: `${THROUGHLINE_URL}/:path*` }],
  turbopack: { root: import.meta.dirname },
} satisfies NextConfig
