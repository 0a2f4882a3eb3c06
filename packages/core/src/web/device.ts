import type { Attributes } from '@opentelemetry/api'

/**
 * Crawlers, link previews and page measurements by their user agents. CUBOT makes phones.
 *
 * No lookbehind: Safari before 16.4 refuses the whole file for one.
 */
const BOT =
  /(^|[^u])bot\b|crawl|spider|slurp|mediapartners|GoogleOther|Google-(Inspection|Read|Safety)|Chrome-Lighthouse|facebookexternalhit|BingPreview|ChatGPT-User/i

/** Synthetic monitoring, and browsers that a test drives. */
const TEST = /Headless|jsdom|PhantomJS|Synthetic|PTST\/|GTmetrix|Pingdom|StatusCake|Catchpoint|Cypress/i

/** `user_agent.synthetic.type`: what is no person's page says so; undefined for people. */
function syntheticType(userAgent: string, isDriven: boolean): 'bot' | 'test' | undefined {
  if (BOT.test(userAgent)) return 'bot'
  return isDriven || TEST.test(userAgent) ? 'test' : undefined
}

/** Browsers by the part of their user agent that only they have; what claims to be many comes first. */
const BROWSER = /(Edg|OPR|SamsungBrowser|Firefox|FxiOS|CriOS|Chrome|Version(?=.+Safari))\w*\/(\d+)/
const NAMES: Readonly<Record<string, string>> = {
  Edg: 'Edge',
  OPR: 'Opera',
  SamsungBrowser: 'Samsung Internet',
  FxiOS: 'Firefox',
  CriOS: 'Chrome',
  Version: 'Safari',
}

/** The name and major version of the browser, as its user agent tells. */
function browser(userAgent: string): Attributes {
  const found = [...userAgent.matchAll(RegExp(BROWSER, 'g'))]
  // Browsers made of Chromium name it, and themselves behind it.
  const [, name, version] = found.find(([, other]) => other !== 'Chrome') ?? found[0] ?? []
  return name ? { 'user_agent.name': NAMES[name] ?? name, 'user_agent.version': version } : {}
}

/** The operating system: Firefox and Safari have no `userAgentData` that tells it. */
const systemOf = (userAgent: string): string | undefined => {
  // A phone with Android says Linux as well, and says it first.
  const [found] = /Android|iPhone|iPad/.exec(userAgent) ?? /Windows|Mac OS|CrOS|Linux/.exec(userAgent) ?? []
  return found && (found[0] === 'i' ? 'iOS' : found === 'Mac OS' ? 'macOS' : found)
}

/**
 * What the browser says of the device and the network without being asked for more, and whether it is no person's (a
 * crawler, a test): for the resource of a provider of the host's own.
 */
export function device(): Attributes {
  const { userAgentData, connection, userAgent, webdriver, language } = navigator as Navigator & {
    userAgentData?: { mobile: boolean; platform: string }
    connection?: { type?: string; effectiveType?: string }
  }
  // Cypress drives a page from the frame around it, without WebDriver.
  const synthetic = syntheticType(userAgent, !!webdriver || 'Cypress' in globalThis)
  const system = userAgentData?.platform || systemOf(userAgent)
  return {
    ...browser(userAgent),
    ...(system && { 'user_agent.os.name': system }),
    ...(language && { 'browser.language': language }),
    ...(synthetic && { 'user_agent.synthetic.type': synthetic }),
    'telemetry.sdk.language': 'webjs',
    'browser.mobile': userAgentData?.mobile ?? /Mobi/.test(userAgent),
    ...(userAgentData?.platform && { 'browser.platform': userAgentData.platform }),
    ...(connection && {
      'network.connection.type': connection.type ?? connection.effectiveType ?? 'unknown',
    }),
  }
}
