import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hostile } from './hostile'
import { isSteering } from './steering'

const withDigest = (digest: unknown) => Object.assign(new Error('NEXT_REDIRECT'), { digest })

test.each([
  ["Next's redirect()", withDigest('NEXT_REDIRECT;replace;/login;307;')],
  ["Next's notFound()", withDigest('NEXT_HTTP_ERROR_FALLBACK;404')],
  ["Next's dynamic import without a server's rendering", withDigest('BAILOUT_TO_CLIENT_SIDE_RENDERING')],
  ['a Response', new Response(null, { status: 302 })],
  ["what React Router's error page is given", { status: 404, statusText: '', internal: true, data: '' }],
  ['a promise', Promise.resolve()],
  // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
  ['a thenable', { then() {} }],
  ["TanStack's notFound()", { isNotFound: true }],
  ["SvelteKit's redirect()", { status: 307, location: '/login' }],
])('%s steers', (_what, thrown) => {
  expect(isSteering(thrown)).toBe(true)
})

test.each([
  ['an error', new Error('x')],
  ["an error of a server's rendering, whose digest is a hash", withDigest('2338213421')],
  ["Angular's failed request", { name: 'HttpErrorResponse', status: 503, headers: {}, ok: false }],
  ['a text', 'NEXT_REDIRECT'],
  ['nothing', undefined],
  ['null', null],
])('%s does not steer', (_what, thrown) => {
  expect(isSteering(thrown)).toBe(false)
})

test('whatever is thrown, asking does not throw', () => {
  fc.assert(fc.property(hostile, (thrown) => typeof isSteering(thrown) === 'boolean'))
})
