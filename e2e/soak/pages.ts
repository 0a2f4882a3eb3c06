import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Engine } from '@throughline/analysis'
import type { BrowserContext, CDPSession, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { CHROMIUM_FLAGS, chromiumPath } from '../../scripts/chromium.ts'
import { oneScript } from '../one-script.ts'
import type { FaultyEndpoint } from './endpoint.ts'
import { FAULTS, faultyEndpoint } from './endpoint.ts'
import { soak } from './journey.ts'
import type { Random } from './random.ts'
import { randomOf } from './random.ts'
import type { Emitted, Outcome, StoredEvent } from './tally.ts'
import { accounted, accountsByPage, counter, DAY, storedEvents } from './tally.ts'

/** The functions of page.ts. */
interface Controls {
  emit(count: number): void
  enter(step: string): void
  jump(ms: number): void
  fill(): void
  free(): void
  waiting(): number
}

/** What a page tells by its binding. */
interface Told {
  readonly page: string
  /** Of an event; left out if the clock alone has jumped. */
  readonly id?: string
  /** By how much its clock is wrong, ms. */
  readonly jumped: number
  /** As the page calls itself in what it sends. */
  readonly calledPage?: string
  /** Told a moment later: whether the event was on disk, and whether there was no room for it. */
  readonly isKept?: boolean
  readonly isFull?: boolean
}

/** What is known of a document from outside. */
interface Document {
  readonly person: Person
  /** As it calls itself in what it sends. */
  calledPage?: string
  readonly events: Map<string, Emitted>
  wasKilled: boolean
  /** Local storage was full for a part of its life. */
  wasFull: boolean
}

/** A browser context: storage and a network of its own. */
interface Person {
  readonly context: BrowserContext
  readonly url: string
  isFull: boolean
  /** By how much the clock of each open tab is wrong, ms. */
  readonly clocks: Map<CDPSession, number>
}

const HOUR = 36e5
/** Wall-clock jumps; the last two lead out of what a store takes. */
const JUMPS = [8 * HOUR, -8 * HOUR, 2 * DAY, -2 * DAY, 4 * DAY, -40 * DAY]
/** What waits is kept that long, ms. */
const LONGEST_KEPT = 7 * DAY
/** No step of the driver may take longer, ms: a page that was killed answers nothing. */
const LONGEST_STEP = 15_000
/** For the last page to send what the others left, ms. */
const LONGEST_DRAIN = 240_000

/** A site whose pages send to its own origin on 127.0.0.1, and to another one on localhost. */
async function openSite(endpoint: FaultyEndpoint) {
  const code = await oneScript(fileURLToPath(new URL('page.ts', import.meta.url)))
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/otlp/')) return endpoint.handle(request, response)
    const otlp = request.headers.host?.startsWith('localhost') ? endpoint.url : '/otlp'
    const body =
      request.url === '/elsewhere'
        ? '<!doctype html><title>elsewhere</title><link rel="icon" href="data:,">'
        : `<!doctype html><html data-otlp="${otlp}"><title>page</title><link rel="icon" href="data:,"><script>${code}</script>`
    response.writeHead(200, { 'content-type': 'text/html' }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

export interface PagesOptions {
  /** Of `throughline dev`. */
  readonly store: string
  readonly engine: Engine
  readonly seed: number
  /** How long pages are harmed, ms; then what they left may arrive. */
  readonly duration: number
}

/**
 * Has pages emit events while they, their network, their storage and their endpoint are harmed, and compares what was
 * emitted with what is stored and with the accounting.
 */
export async function soakPages({ store, engine, seed, duration }: PagesOptions): Promise<Outcome> {
  const random = randomOf(seed)
  const endpoint = await faultyEndpoint(store, random.fork())
  const site = await openSite(endpoint)
  const browser = await chromium.launch({
    executablePath: await chromiumPath(),
    args: [...CHROMIUM_FLAGS, '--host-resolver-rules=MAP localhost 127.0.0.1'],
    // Playwright turns the back/forward cache off.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  })
  const documents = new Map<string, Document>()
  const { counts, add } = counter()
  const until = Date.now() + duration
  const isOver = () => Date.now() >= until

  const call = <Name extends keyof Controls>(page: Page, name: Name, ...args: Parameters<Controls[Name]>) =>
    page.evaluate(
      ([name, args]) =>
        (window as unknown as Record<string, (...args: unknown[]) => unknown>)[name]?.(...args),
      [name, args] as const,
    )

  /** A page with a clock that is right will look as well. */
  function expire(person: Person) {
    const ahead = Math.max(0, ...person.clocks.values())
    for (const document of documents.values())
      if (document.person === person)
        for (const event of document.events.values())
          if ((event.jumped ?? 0) < ahead - LONGEST_KEPT) event.isExpired = true
  }

  /** Opens a tab whose documents tell what they emit; `died` marks what its last document is. */
  async function openTab(person: Person) {
    const page = await person.context.newPage()
    const session = await person.context.newCDPSession(page)
    let last = ''
    await session.send('Runtime.enable')
    await session.send('Runtime.addBinding', { name: 'emitted' })
    session.on('Runtime.bindingCalled', ({ payload }) => {
      const { page: from, id, jumped, calledPage, isKept, isFull } = JSON.parse(payload) as Told
      last = from
      person.clocks.set(session, jumped)
      const document: Document = documents.get(from) ?? {
        person,
        events: new Map(),
        wasKilled: false,
        wasFull: false,
      }
      documents.set(from, document)
      if (calledPage) document.calledPage = calledPage
      if (id === undefined) return expire(person)
      if (person.isFull || isFull) document.wasFull = true
      const event: Emitted = document.events.get(id) ?? { id, from, jumped }
      if (person.isFull || isFull) event.wasFull = true
      if (isKept !== undefined) event.isKept = isKept
      document.events.set(id, event)
      expire(person)
    })
    page.on('close', () => person.clocks.delete(session))
    const died = () => {
      const document = documents.get(last)
      if (document) document.wasKilled = true
    }
    return { page, session, died }
  }
  type Tab = Awaited<ReturnType<typeof openTab>>

  /** One tab, from opening it to its end. */
  async function visit(person: Person, random: Random, tab: Tab) {
    const { page } = tab
    // Another tab of this person may have been cut off from the network.
    while (!isOver())
      if (
        await page.goto(person.url).then(
          () => true,
          () => false,
        )
      )
        break
      else await sleep(300)
    const acts = random.whole(1, 3)
    for (let act = 0; act < acts && !isOver(); act++) {
      if (random.next() < 0.3) await call(page, 'enter', random.pick(['start', 'middle', 'end']))
      await call(page, 'emit', random.next() < 0.05 ? random.whole(60, 120) : random.whole(1, 6))
      await sleep(random.pick([0, 0, 50, 500, 1500, 4000]))
      const what = random.pick(ways)
      add(what)
      await harm[what](person, random, tab)
      if (what === 'renderer killed' || what === 'tab closed') break
    }
  }

  const harm = {
    async 'renderer killed'(_person: Person, random: Random, { page, session, died }: Tab) {
      if (random.next() < 0.5) await call(page, 'emit', 2)
      await Promise.race([session.send('Page.crash').catch(() => {}), sleep(500)])
      died()
    },
    async 'tab closed'(_person: Person, _random: Random, { page }: Tab) {
      await page.close()
    },
    async reload(_person: Person, _random: Random, { page }: Tab) {
      await page.reload()
    },
    async 'left within half a second'(person: Person, random: Random, { page }: Tab) {
      await call(page, 'emit', 2)
      await sleep(random.between(0, 500))
      await page.goto(`${person.url}elsewhere`)
      await sleep(random.between(0, 1000))
      await page.goto(person.url)
    },
    async 'back and forward'(person: Person, random: Random, { page }: Tab) {
      await page.goto(`${person.url}elsewhere`)
      await page.evaluate(() => history.back()).catch(() => {})
      await page.waitForFunction('window.emit')
      await call(page, 'emit', 2)
      await sleep(random.between(0, 500))
      await page.evaluate(() => history.forward()).catch(() => {})
      await page.waitForFunction('!window.emit')
      await page.evaluate(() => history.back()).catch(() => {})
      await page.waitForFunction('window.emit')
    },
    async offline({ context }: Person, random: Random, { page }: Tab) {
      await context.setOffline(true)
      try {
        await call(page, 'emit', 3)
        await sleep(random.between(500, 4000))
        if (random.next() < 0.4) await page.reload().catch(() => {})
      } finally {
        await context.setOffline(false)
      }
      await page.goto(page.url().startsWith('http') ? page.url() : 'about:blank').catch(() => {})
    },
    async 'clock jump'(_person: Person, random: Random, { page }: Tab) {
      await call(page, 'jump', random.pick(JUMPS))
      await call(page, 'emit', 2)
      await sleep(random.between(0, 2000))
    },
    async 'storage full'(person: Person, random: Random, { page }: Tab) {
      if (person.isFull) return
      person.isFull = true
      try {
        await call(page, 'fill')
        await call(page, 'emit', 3)
        await sleep(random.between(0, 3000))
        if (random.next() < 0.3) await page.goto(`${person.url}elsewhere`)
        else if (random.next() < 0.4) await page.reload()
      } finally {
        await free(person)
      }
    },
  }
  const ways = Object.keys(harm) as (keyof typeof harm)[]

  async function free(person: Person) {
    const tab = await openTab(person)
    await tab.page.goto(person.url)
    await call(tab.page, 'free')
    person.isFull = false
    await tab.page.close()
  }

  async function live(person: Person, random: Random) {
    while (!isOver()) {
      const tab = await openTab(person)
      const limit = new AbortController()
      const visited = visit(person, random.fork(), tab).catch((error: Error) => {
        add(`(the driver gave up: ${error.message.split('\n')[0]?.slice(0, 40)})`)
      })
      await Promise.race([
        visited,
        sleep(3 * LONGEST_STEP, undefined, { signal: limit.signal }).catch(() => {}),
      ])
      limit.abort()
      await Promise.race([tab.page.close().catch(() => {}), sleep(2000)])
    }
  }

  async function harmEndpoint(random: Random) {
    while (!isOver()) {
      endpoint.fault = undefined
      await endpoint.listen(true)
      await sleep(random.between(1000, 5000))
      endpoint.fault = random.pick(FAULTS)
      add(`endpoint ${endpoint.fault}`)
      if (endpoint.fault === 'refuses connections') await endpoint.listen(false)
      await sleep(random.between(1000, 8000))
    }
    endpoint.fault = undefined
    await endpoint.listen(true)
  }

  try {
    const people: Person[] = []
    for (const host of ['127.0.0.1', 'localhost', '127.0.0.1', 'localhost']) {
      const context = await browser.newContext()
      context.setDefaultTimeout(LONGEST_STEP)
      people.push({ context, url: `http://${host}:${site.port}/`, isFull: false, clocks: new Map() })
    }
    await Promise.all([
      harmEndpoint(random.fork()),
      ...people.flatMap((person) => [live(person, random.fork()), live(person, random.fork())]),
    ])
    // What was left behind arrives with a page that stays.
    await Promise.all(
      people.map(async (person) => {
        await person.context.setOffline(false)
        await free(person)
        const { page } = await openTab(person)
        await page.goto(person.url)
        for (const end = Date.now() + LONGEST_DRAIN; Date.now() < end; await sleep(500))
          if ((await call(page, 'waiting')) === 0) break
        if ((await call(page, 'waiting')) !== 0) add('(an outbox was not emptied)')
        await page.goto(`${person.url}elsewhere`)
        await sleep(1000)
        await page.close()
      }),
    )
  } finally {
    await browser.close()
    site.close()
    await endpoint.listen(false)
  }
  const { rows, differences } = await compare(engine, documents, endpoint)
  return { title: 'Pages', seed, done: counts, rows, differences }
}

async function compare(
  engine: Engine,
  documents: ReadonlyMap<string, Document>,
  { refused, pages }: FaultyEndpoint,
): Promise<Pick<Outcome, 'rows' | 'differences'>> {
  const stored = new Map((await storedEvents(engine)).map((event) => [event.id, event]))
  const accounts = await accountsByPage(engine)
  const delivery = await accounted(engine, [soak])
  const differences: string[] = []
  const outside = counter()
  let emitted = 0
  let late = 0
  let beyond = 0
  const byPage = new Map<string, StoredEvent[]>()
  for (const event of stored.values()) byPage.set(event.page, [...(byPage.get(event.page) ?? []), event])
  for (const [from, { events, calledPage, wasKilled, wasFull }] of documents) {
    const page = calledPage ?? [...events.keys()].map((id) => pages.get(id)).find(Boolean)
    const here = (page && byPage.get(page)) || []
    if (page) byPage.delete(page)
    const account = (page && accounts.get(page)) || 0
    const accountedFor = Math.max(account, ...here.map(({ number }) => number))
    const lost = [...events.values()].filter(({ id }) => !stored.has(id))
    // A tab of another process may have filled the storage: then a page reads what it wrote, but nobody else does.
    const excuse = (event: Emitted) => {
      if (event.wasFull || (wasFull && event.isKept !== true)) return 'in memory alone: storage was full'
      if (event.isExpired) return 'written over a week ago, by the clock of another page'
      return wasKilled && event.isKept !== true ? 'in memory alone as the page was killed' : undefined
    }
    for (const event of lost) {
      const why = refused.has(event.id) ? 'refused by the endpoint' : (excuse(event) ?? 'for no reason')
      outside.add(`not stored, ${why}`)
      if (why === 'for no reason')
        differences.push(
          `${from}: ${event.id} is not stored (kept ${event.isKept}, killed ${wasKilled}, full ${wasFull})`,
        )
    }
    // What a document emits as it goes may be heard of by the sink or the account alone.
    const counted = new Set([...events.keys(), ...here.map(({ id }) => id)]).size
    const all = Math.max(counted, account)
    emitted += all
    late += all - events.size
    const unseen = all - accountedFor
    const excused = Math.min(unseen, lost.filter(excuse).length)
    beyond += excused
    if (unseen > excused)
      differences.push(
        `${from}: emitted ${all}, accounted for ${accountedFor} (account ${account}), stored ${here.length}, killed ${wasKilled}, full ${wasFull}, lost ${lost.map(({ id, isKept, isExpired }) => `${refused.has(id) ? 'refused' : ''}${isExpired ? 'expired' : ''}${isKept}`)}`,
      )
  }
  // A page that was killed as it began takes what it told with it; what it sent has arrived all the same.
  for (const [page, events] of byPage) {
    const sent = Math.max(accounts.get(page) ?? 0, ...events.map(({ number }) => number))
    emitted += sent
    late += sent
  }
  return {
    differences,
    rows: {
      'emitted, counted outside': emitted,
      'of these, known from the sink or the account alone (page going away)': late,
      'stored, counted outside': stored.size,
      ...outside.counts,
      'accounting: emitted': delivery.emitted,
      'accounting: stored': delivery.delivered,
      'accounting: refused': delivery.refused,
      'accounting: dropped': delivery.dropped,
      'accounting: on the way': delivery.pending,
      'accounting: no final account': delivery.unaccounted,
      'behind the last number that anybody saw (for these reasons)': beyond,
      'emitted outside - accounted - behind the last number':
        emitted -
        (delivery.delivered + delivery.refused + delivery.dropped + delivery.pending + delivery.unaccounted) -
        beyond,
    },
  }
}
