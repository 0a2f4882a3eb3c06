import { Name } from '../attributes'
import type { Tracker } from '../tracker-types'
import type { Account } from './account'
import type { Delivery, Left } from './delivery'
import type { Tools } from './tools'

/** As the outbox writes it, which the page has loaded already. */
const TRIED = 'throughline.tried.'
const OLDEST = 7 * 864e5
/** A page that is there sends what it wrote by then: after `DELAY` of `delivery.ts`, and an answer. */
const YOUNGEST = 5000
/** Of all pages: what is more goes, the oldest first. */
const MOST = 600
const CHARACTERS = 1_000_000
/** Entries looked at in one go, so that a full outbox is no long task. */
const PORTION = 50
const PAUSE = 200
/** Of those handed over, how many may be on their way: a queue full of them would push this page's own out. */
const MOST_AT_ONCE = 200
const WAIT = 5000
/** By then the page before has sent, or lost, what it wrote last. */
const SETTLED = 6000

interface Entry {
  readonly key: string
  readonly entry: string
  readonly age: number
}

/** The outbox's entries, the newest first; those that are too old or too much are removed. */
function tidied(storage: Storage, prefix: string): Entry[] {
  const now = Date.now()
  let [places, room] = [MOST, CHARACTERS]
  return Object.keys(storage)
    .filter((key) => key.startsWith(prefix))
    .map((key) => {
      const entry = `${storage.getItem(key)}`
      return { key, entry, age: now - (Number.parseInt(entry, 10) || 0) }
    })
    .sort((a, b) => a.age - b.age)
    .filter(({ key, entry, age }) => {
      room -= entry.length
      const stays = age < OLDEST && places-- > 0 && room >= 0
      if (!stays) storage.removeItem(key)
      return stays
    })
}

/** The ids of which pages have marked that an attempt may have arrived; marks of what is gone are removed. */
function triedIds(storage: Storage, prefix: string): Set<string> {
  const all = new Set<string>()
  for (const key of Object.keys(storage)) {
    if (!key.startsWith(TRIED)) continue
    const ids = `${storage.getItem(key)}`.split(' ').filter((id) => storage.getItem(prefix + id) !== null)
    if (ids.length === 0) storage.removeItem(key)
    for (const id of ids) all.add(id)
  }
  return all
}

/**
 * What pages that are gone left in the outbox for this endpoint, a portion with each call, each entry once; undefined
 * while enough are on their way. Entries that are malformed are removed: anyone on the origin can write there.
 */
function leftBehind(
  storage: Storage,
  prefix: string,
  { page, url }: Delivery,
): (entries: readonly Entry[]) => Left[] | undefined {
  const handed = new Set<string>()
  return (entries) => {
    for (const key of handed) if (storage.getItem(key) === null) handed.delete(key)
    if (handed.size >= MOST_AT_ONCE) return undefined
    const found: Left[] = []
    const tried = triedIds(storage, prefix)
    for (const { key, entry, age } of entries.filter(({ key }) => !handed.has(key))) {
      if (found.length === PORTION) break
      const [, from = '', head = '', text = ''] = entry.split('\n')
      const [by, to = url] = from.split(' ')
      if (!isSpan(head, text)) storage.removeItem(key)
      // A page that is still alive, in another tab, sends its own in this time.
      else if (by !== page && to === url && Math.abs(age) > YOUNGEST) {
        handed.add(key)
        const id = key.slice(prefix.length)
        found.push({ id, head, text, isTried: tried.has(id) })
      }
    }
    return found
  }
}

/**
 * Gives the accounts that pages that are gone cannot give any more, when some of their last events are refused: else
 * those would be in nobody's. Such an account says how far a page's numbers went, and how many were refused here.
 */
function accountForRefusals(
  delivery: Delivery,
  record: Tracker['record'],
  { createAccount }: Pick<Tools, 'createAccount'>,
) {
  const accounts = new Map<string, Account>()
  delivery.onRefusal = (batch, counted, why) => {
    for (const sent of batch) {
      const read = (name: string) => new RegExp(`"${name}","value":{"\\w+":"?(\\w+)`).exec(sent.text)?.[1]
      const page = read(Name.PAGE_ID)
      // Of version 1, it has no place among its page's events.
      const number = Number(read(Name.EVENT_SEQ))
      if (sent.as !== 'recovered' || !page || !number) continue
      const account = accounts.get(page) ?? createAccount(page)
      accounts.set(page, account)
      account.emitted = Math.max(account.emitted, number)
      if (counted.includes(sent)) account.refuse(why)
      const changes = account.changes()
      if (changes) record(Name.DELIVERY, changes)
    }
  }
}

/**
 * Has a delivery send what pages that are gone left behind: what is old at once, then what the page before wrote
 * last. What has expired is removed whether spans may leave or not.
 *
 * @param prefix of the outbox's keys
 * @returns looks again, once spans may leave
 */
export function recoverOutbox(
  prefix: string,
  consent: { readonly isOpen: boolean },
  delivery: Delivery,
  tracker: Tracker,
  tools: Pick<Tools, 'createAccount' | 'safely'>,
  signal: AbortSignal,
): () => void {
  accountForRefusals(delivery, tracker.record, tools)
  let next: ReturnType<typeof leftBehind> | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  function pass() {
    clearTimeout(timer)
    if (signal.aborted) return
    // Denied, or null where an application shows pages without storage: nothing was left there either.
    tools.safely(() => {
      const entries = tidied(localStorage, prefix)
      if (!consent.isOpen) return
      next ??= leftBehind(localStorage, prefix, delivery)
      const left = next(entries)
      delivery.recover(left ?? [])
      if (left?.length !== 0) timer = setTimeout(pass, left ? PAUSE : WAIT)
    }, 'debug')
  }
  pass()
  const last = setTimeout(pass, SETTLED)
  signal.addEventListener('abort', () => clearTimeout(last))
  return pass
}

function isSpan(head: string, text: string): boolean {
  try {
    const [span] = JSON.parse(`{${head}${text}]}]}`).scopeSpans[0].spans
    return (
      /^[\da-f]{32}$/.test(span.traceId) &&
      /^[\da-f]{16}$/.test(span.spanId) &&
      [span.attributes, span.events ?? [], span.links ?? []].every(Array.isArray)
    )
  } catch {
    return false
  }
}
