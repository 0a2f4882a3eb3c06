import { describe, expect, it } from 'vitest'
import { selectorOf } from './causes'
import { scrubText, scrubUrl } from './scrub'

describe('scrubUrl', () => {
  it.each([
    ['https://a.example/p?q=1#f', 'https://a.example/p'],
    ['https://user:secret@a.example/p', 'https://a.example/p'],
    ['https://a.example/p?page=2&token=x&page=3', 'https://a.example/p?page=2&page=3'],
    ['/p?token=x', `${location.origin}/p`],
    ['http://[broken?token=x#y', 'http://[broken'],
  ])('%s → %s', (url, kept) => expect(scrubUrl(url, ['page'])).toBe(kept))

  it('looks at each of many parameters once', () => {
    // Looking at all of them for each would take longer than a test may.
    const others = Array.from({ length: 40_000 }, (_, i) => `p${i}=1`).join('&')
    expect(scrubUrl(`/?page=2&${others}`, ['page'])).toBe(`${location.origin}/?page=2`)
  })
})

describe('scrubText', () => {
  it('takes queries and fragments off every URL, and keeps lines and columns', () => {
    expect(scrubText('at f (https://a.example/x.js?v=1:2:3)\nat https://a.example/y.js#z:4:5')).toBe(
      'at f (https://a.example/x.js:2:3)\nat https://a.example/y.js:4:5',
    )
    expect(scrubText('what? #1')).toBe('what? #1')
    for (const [text, kept] of [
      ['img https://a.example/p.gif?at=12:30&email=jane@x.example', 'img https://a.example/p.gif'],
      ['to https://a.example/p?next=https://b.example/q&token=x now', 'to https://a.example/p now'],
      ['GET https://a.example/p?q=(jane)&token=x 503', 'GET https://a.example/p 503'],
      ['GET https://a.example/p?card=x:4111111111111111 503', 'GET https://a.example/p 503'],
      ['get s3://bucket/key?X-Amz-Signature=x now', 'get s3://bucket/key now'],
      ['metadata:x,y', 'metadata:x,y'],
      ['img data:image/png;base64,U0VDUkVU failed\nat f', 'img data:image/png;base64\nat f'],
      [`img data:image/svg+xml;utf8,<svg xmlns='x'><text>Jane Doe</text>`, 'img data:image/svg+xml;utf8'],
      ['[GET] "/api/users?email=jane@x.example": 404 Not Found', '[GET] "/api/users": 404 Not Found'],
      ['to=//b.example/p?token=x', 'to=//b.example/p'],
      ["no 'api/users?id=1', nor '../p#x'.", "no 'api/users', nor '../p'."],
      ['as //user:secret@b.example/p', 'as //b.example/p'],
      [
        'at f (/srv/x.js?v=1:2:3)\nat webpack://@scope/y.js',
        'at f (/srv/x.js:2:3)\nat webpack://@scope/y.js',
      ],
    ] as const)
      expect(scrubText(text)).toBe(kept)
  })

  it('looks at so much of a text', () => {
    expect(scrubText('a'.repeat(50_000))).toHaveLength(9000)
  })
})

describe('selectorOf', () => {
  it('names tags, ids and classes, never text, attribute values or long numbers', () => {
    document.body.innerHTML =
      '<form id="order-420042" data-user="jane"><p class="a b c"><b title="jane">Jane</b></p></form>'
    const bold = document.querySelector('b')!
    expect(selectorOf(bold)).toBe('form#order-*>p.a.b>b')
    expect(selectorOf(bold.firstChild)).toBe('form#order-*>p.a.b>b')
    expect(selectorOf(null)).toBeUndefined()
    const of = (html: string) => {
      const host = document.createElement('div')
      host.innerHTML = html
      return selectorOf(host.querySelector('button'))
    }
    expect(of('<form><input name="id"><input name="classList"><button class="go"></button></form>')).toBe(
      'div>form>button.go',
    )
    expect(of('<div id="user-jane@example.org"><button></button></div>')).toBe('div#*>button')
    expect(of('<div id="order-8f3c2d1e-7b3c-4def-8abc-12ab34cd56ef"><button></button></div>')).toBe(
      'div#order-*>button',
    )
    expect(of('<div id="step-2"><button></button></div>')).toBe('div#step-2>button')
  })
})
