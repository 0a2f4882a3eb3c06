import { expect, test } from 'vitest'
import { isNoise } from './noise'
import { tools } from './tools'

const error = (text: string, stack = '', kind = 'Error') => ({ kind, text, stack })
const at = (url: string) => `Error: x\n    at Array.forEach (<anonymous>)\n    at run (${url}:1:2)`
const resource = (text: string) => error(text, '', 'ResourceError')

test.each([
  [
    'a ResizeObserver that needs another frame',
    error('ResizeObserver loop completed with undelivered notifications.'),
    '',
  ],
  ['the same in older browsers', error('ResizeObserver loop limit exceeded'), ''],
  ['a script of another origin', error('Script error.', '', 'string'), ''],
  ['a view transition that was skipped', error('Transition was skipped'), ''],
  ['an extension, by its stack', error('x', at('chrome-extension://abc/content.js')), ''],
  ['one of Firefox', error('x', 'run@moz-extension://abc/content.js:1:2'), ''],
  ['one of Safari', error('x', at('safari-web-extension://abc/content.js')), ''],
  ['one of Safari that is not told', error('x', at('webkit-masked-url://hidden/')), ''],
  ['an extension, by its file', error('x'), 'chrome-extension://abc/content.js'],
  ['what was aborted', error('signal is aborted without reason', '', 'AbortError'), ''],
  ['what was cancelled', error('canceled', '', 'CanceledError'), ''],
  ['a tag manager', resource('script https://www.googletagmanager.com/gtag/js'), ''],
  ['advertising', resource('script https://pagead2.googlesyndication.com/pagead/js/adsbygoogle.js'), ''],
  ['a pixel', resource('img https://px.example/pixel.gif'), ''],
])('%s is not the page’s error', (_what, thrown, source) => {
  expect(isNoise(thrown, source, tools)).toBe(true)
})

test.each([
  ['an error', error('x', at('https://shop.example/app.js')), 'https://shop.example/app.js'],
  [
    'one that an extension called',
    error('x', `${at('https://shop.example/app.js')}\n    at go (chrome-extension://abc/a.js:1:2)`),
    '',
  ],
  [
    'one whose message names an extension',
    error('no chrome-extension://abc/ here', at('https://shop.example/app.js')),
    '',
  ],
  ['one that calls itself a script error', error('Script error.', at('https://shop.example/app.js')), ''],
  ['a text from a known file', error('Script error in cart', '', 'string'), 'https://shop.example/app.js'],
  ['a request that timed out', error('signal timed out', '', 'TimeoutError'), ''],
  ['a payment provider that did not load', resource('script https://js.stripe.com/v3/'), ''],
  ['a chunk on a CDN', resource('script https://cdn.example/assets/cart-3f2a.js'), ''],
  ['a stylesheet about ads of the page’s kind', resource('link https://cdn.example/assets/leads.css'), ''],
])('%s is', (_what, thrown, source) => {
  expect(isNoise(thrown, source, tools)).toBe(false)
})
