// What pages send goes to `throughline dev`.
const target = process.env.THROUGHLINE_URL ?? 'http://127.0.0.1:4318'

export default { '/otlp': { target, pathRewrite: { '^/otlp': '' } } }
