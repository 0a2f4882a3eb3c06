import type { Attributes } from '@opentelemetry/api'

/**
 * Crawlers, link previews and page measurements by their user agents. CUBOT makes phones.
 *
 * No lookbehind: Safari before 16.4 refuses the whole file for one.
 */
const BOT =
  /(^|[^u])bot\b|crawl|spider|slurp|mediapartners|Google(Other|-[IRS])|Lighthouse|facebookexternalhit|BingPreview|ChatGPT-User/i

/** Synthetic monitoring, and browsers that a test drives. */
const TEST = /Headless|jsdom|PhantomJS|Synthetic|PTST\/|GTmetrix|Pingdom|StatusCake|Catchpoint|Cypress/i

/** `user_agent.synthetic.type`: what is no person's page says so; undefined for people. */
function syntheticType(userAgent: string, isDriven: boolean): 'bot' | 'test' | undefined {
  if (BOT.test(userAgent)) return 'bot'
  return isDriven || TEST.test(userAgent) ? 'test' : undefined
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
  return {
    // What it says of browser and system is read where it is asked for.
    'user_agent.original': userAgent,
    'browser.language': language,
    ...(synthetic && { 'user_agent.synthetic.type': synthetic }),
    'telemetry.sdk.language': 'webjs',
    'browser.mobile': userAgentData?.mobile ?? /Mobi/.test(userAgent),
    'browser.platform': userAgentData?.platform,
    'network.connection.type': connection && (connection.type ?? connection.effectiveType ?? 'unknown'),
  }
}
