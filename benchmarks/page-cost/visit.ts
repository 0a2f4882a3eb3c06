import type { Browser, CDPSession } from 'playwright-core'
import type { Site, Way } from './site.ts'

/** What one visit cost, set-up and page together. */
export interface Cost {
  /** Main-thread CPU time in ms, until one second after load and over the whole visit. */
  readonly start: number
  readonly visit: number
  /** Of these, in scripts: what varies least from visit to visit. */
  readonly startScript: number
  readonly script: number
  /** Bytes in use after a forced collection. */
  readonly heap: number
  readonly requests: number
  readonly bytes: number
  /** Tasks over 50 ms. */
  readonly longTasks: number
  /** The longest run of one of the set-up's own scripts inside a frame over 50 ms. */
  readonly longestOwn: number
  /** Listeners that may hold up scrolling, or keep a page out of the back/forward cache. */
  readonly blocking: number
}

const THROTTLING = 4
/** Plain OpenTelemetry's batches leave after 5 s: its sending is part of its cost. */
const BATCH = 5500

interface Watched {
  longTasks: number
  longestOwn: number
  blocking: number
}

/** Runs in the page, before its scripts. */
function watch() {
  const watched: Watched = { longTasks: 0, longestOwn: 0, blocking: 0 }
  Object.assign(window, { watched })
  const observe = (type: string, each: (entry: never) => void) =>
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) each(entry as never)
    }).observe({ type, buffered: true })
  observe('longtask', () => {
    watched.longTasks++
  })
  observe('long-animation-frame', ({ scripts }: { scripts: { duration: number; sourceURL: string }[] }) => {
    for (const { duration, sourceURL } of scripts)
      if (sourceURL.includes('/set-up')) watched.longestOwn = Math.max(watched.longestOwn, duration)
  })
  const add = EventTarget.prototype.addEventListener
  EventTarget.prototype.addEventListener = function (type, listener, options) {
    const isPassive = typeof options === 'object' && options?.passive
    if (/^(before)?unload$/.test(type) || (/^(touch(start|move)|(mouse)?wheel)$/.test(type) && !isPassive))
      watched.blocking++
    add.call(this, type, listener, options)
  }
}

async function metrics(session: CDPSession) {
  const { metrics: all } = await session.send('Performance.getMetrics')
  return Object.fromEntries(all.map(({ name, value }) => [name, value])) as Record<
    'TaskDuration' | 'ScriptDuration' | 'JSHeapUsedSize',
    number
  >
}

/** Plays one visit in a tab and a cache of its own. */
export async function visit(browser: Browser, site: Site, way: Way): Promise<Cost> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await page.addInitScript(watch)
  await session.send('Emulation.setCPUThrottlingRate', { rate: THROTTLING })
  // CPU time of the main thread, so that other work on the machine does not count.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  Object.assign(site.traffic, { requests: 0, bytes: 0 })
  try {
    await page.goto(`${site.url}/${way}`, { waitUntil: 'load' })
    await page.waitForSelector('body[data-step=product]')
    await page.waitForTimeout(1000)
    const atStart = await metrics(session)
    for (const step of ['cart', 'payment', 'done']) {
      await page.click(`[data-to=${step}]`)
      await page.waitForSelector(`body[data-step=${step}]`)
      await page.waitForTimeout(300)
    }
    await page.waitForTimeout(BATCH)
    const atEnd = await metrics(session)
    await session.send('HeapProfiler.collectGarbage')
    await session.send('HeapProfiler.collectGarbage')
    const { JSHeapUsedSize: heap } = await metrics(session)
    const { watched } = (await page.evaluate('({ watched })')) as { watched: Watched }
    await page.goto(`${site.url}/elsewhere`)
    await page.waitForTimeout(500)
    return {
      start: atStart.TaskDuration * 1000,
      visit: atEnd.TaskDuration * 1000,
      startScript: atStart.ScriptDuration * 1000,
      script: atEnd.ScriptDuration * 1000,
      heap,
      ...site.traffic,
      ...watched,
    }
  } finally {
    await context.close()
  }
}
