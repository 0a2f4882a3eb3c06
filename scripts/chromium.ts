import { existsSync } from 'node:fs'

const SYSTEM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
]

/** A whole Chromium, with tabs and extensions: `$CHROME_PATH`, else the system's. */
export function installedChromium(): string | undefined {
  const given = process.env.CHROME_PATH
  if (given && !existsSync(given))
    throw new Error(`CHROME_PATH names ${given}, which does not exist: correct it or unset it`)
  return given || SYSTEM.find(existsSync)
}

/**
 * Where a Chromium is: the installed one, else the one inside the npm package @sparticuz/chromium, which has pages
 * alone.
 */
export async function chromiumPath() {
  const installed = installedChromium()
  if (installed) return installed
  const { default: packaged } = await import('@sparticuz/chromium')
  return packaged.executablePath()
}

/** Flags for an unattended Chromium that talks to nobody but the pages it is given. */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
]
