import { existsSync } from 'node:fs'

const SYSTEM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
]

/** Where a Chromium is: `$CHROME_PATH`, else the system's, else the one inside the npm package @sparticuz/chromium. */
export async function chromiumPath() {
  const given = process.env.CHROME_PATH
  if (given) {
    if (!existsSync(given))
      throw new Error(`CHROME_PATH names ${given}, which does not exist: correct it or unset it`)
    return given
  }
  const system = SYSTEM.find(existsSync)
  if (system) return system
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
