import type { Route } from './+types/otlp'

const { THROUGHLINE_URL = 'http://127.0.0.1:4318' } = process.env

/** What pages send goes to `throughline dev`; in production to your collector. */
export async function action({ request, params }: Route.ActionArgs) {
  const headers = new Headers()
  for (const name of ['content-type', 'content-encoding', 'origin'])
    if (request.headers.has(name)) headers.set(name, request.headers.get(name)!)
  const body = await request.arrayBuffer()
  return fetch(`${THROUGHLINE_URL}/${params['*']}`, { method: 'POST', headers, body })
}
