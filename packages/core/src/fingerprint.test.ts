import { describe, expect, it } from 'vitest'
import { fingerprint } from './fingerprint'

const all = (...messages: string[]) => new Set(messages.map((message) => fingerprint('Error', message))).size

describe('a fingerprint', () => {
  it('leaves out ids, numbers and what is quoted', () => {
    expect(
      all(
        'GET /orders/0b6c7f0e-1f0a-4a55-9d3e-0e1f2a3b4c5d 503',
        'GET /orders/9d1e2f3a-aaaa-4bbb-8ccc-123456789abc 503',
        'GET /orders/V1StGXR8_Z5jdHi6B-myT 503',
        'GET /orders/17 503',
      ),
    ).toBe(1)
    expect(all("Can't find 'abc' in the list", "Can't find 'x' in the list")).toBe(1)
  })

  it('tells errors apart', () => {
    expect(all('Out of stock', 'Out of time', 'x')).toBe(3)
    expect(fingerprint('TypeError', 'x')).not.toBe(fingerprint('RangeError', 'x'))
    const at = (name: string) =>
      fingerprint('Error', 'x', `Error: x\n    at ${name} (https://shop.example/a.js:1:2)`)
    expect(at('pay')).not.toBe(at('ship'))
  })

  it('is of the function that threw, by V8 as by others; not of a word in the message, nor of a name that a minifier gave', () => {
    const v8 = (message: string, ...names: string[]) =>
      fingerprint(
        'Error',
        'x',
        [message, ...names.map((name) => `    at ${name} (https://a.example/b-1f2e.js:1:20)`)].join('\n'),
      )
    expect(v8('Delivered at noon (1)', 'pay')).toBe(v8('Delivered', 'pay'))
    expect(v8('Error: x', 'Kt', 'pay')).toBe(v8('Error: x', 'Zr', 'pay'))
    expect(fingerprint('Error', 'x', 'pay@https://a.example/b.js:1:20')).toBe(v8('Error: x', 'pay'))
  })

  it('is quick for any message', () => {
    expect(fingerprint('Error', 'a-'.repeat(500_000))).toMatch(/^[\da-f]{16}$/)
  })
})
