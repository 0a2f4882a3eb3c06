import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { empty, extreme, full } from '../fixture'
import { pageHeaders } from './headers'
import { renderPage } from './page'

const endpoint = 'http://127.0.0.1:4318'

test.each([
  ['full', full],
  ['empty', empty],
  ['extreme', extreme],
])('the policy permits the script and the style of a page (%s), and there are no others', (_, result) => {
  const page = renderPage(result, { endpoint })
  const policy = pageHeaders()['content-security-policy']
  const inline = [...page.matchAll(/<(script|style)[^>]*>(.*?)<\/\1>/gs)]
  expect(inline.map(([, tag]) => tag)).toEqual(['style', 'script'])
  for (const [, tag, text] of inline) {
    const hash = createHash('sha256').update(text!).digest('base64')
    expect(policy).toContain(`${tag}-src 'sha256-${hash}'`)
  }
  expect(policy).not.toContain('unsafe')
  expect(page).not.toMatch(/ style="| on\w+="/)
})

test('while nothing has arrived, the page says where to send what', () => {
  const page = renderPage(empty, { endpoint })
  expect(page).toContain(`<code>${endpoint}</code>`)
  expect(page).toContain(`endpoint: &#39;${endpoint}&#39;`)
  expect(page).toContain('product → cart → shipping → payment → confirmation')
})
