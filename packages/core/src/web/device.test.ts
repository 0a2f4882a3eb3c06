import { afterEach, expect, it, vi } from 'vitest'
import { device } from './device'

afterEach(() => vi.unstubAllGlobals())

const CHROME =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36'

function typeOf(userAgent: string, more: object = {}) {
  vi.stubGlobal('navigator', { userAgent, ...more })
  return device()['user_agent.synthetic.type']
}

it.each([
  'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Googlebot/2.1; +http://www.google.com/bot.html) Chrome/150.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1 (compatible; AdsBot-Google-Mobile)',
  'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
  'Mozilla/5.0 (compatible; YandexRenderResourcesBot/1.0; +http://yandex.com/bots)',
  'Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 Mobile Safari/537.36 (compatible; Bytespider; spider-feedback@bytedance.com)',
  'Mozilla/5.0 (compatible; Google-InspectionTool/1.0;)',
  `${CHROME} Chrome-Lighthouse`,
  'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
  'Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)',
  'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)',
])('%s is a bot', (userAgent) => {
  expect(typeOf(userAgent)).toBe('bot')
  expect(typeOf(userAgent, { webdriver: true })).toBe('bot')
})

it.each([
  [CHROME, { webdriver: true }],
  [CHROME.replace('Chrome/', 'HeadlessChrome/'), {}],
  ['Mozilla/5.0 (linux) AppleWebKit/537.36 (KHTML, like Gecko) jsdom/26.1.0', {}],
  [`${CHROME} DatadogSynthetics`, {}],
  [`${CHROME} PTST/240101`, {}],
])('%s is a test', (userAgent, more) => expect(typeOf(userAgent, more)).toBe('test'))

it('Cypress, which drives a page without WebDriver, is a test', () => {
  vi.stubGlobal('Cypress', {})
  expect(typeOf(CHROME)).toBe('test')
})

it.each([
  CHROME,
  'Mozilla/5.0 (Linux; Android 13; CUBOT P80) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/400.0]',
])('%s is a person', (userAgent) => {
  expect(typeOf(userAgent, { webdriver: false })).toBeUndefined()
  expect(device()).not.toHaveProperty('user_agent.synthetic.type')
})

it('tells user agent and language, from which analysis reads browser and system', () => {
  vi.stubGlobal('navigator', { userAgent: CHROME, language: 'de-AT' })
  expect(device()).toMatchObject({ 'user_agent.original': CHROME, 'browser.language': 'de-AT' })
})
