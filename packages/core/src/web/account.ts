import { Name } from '../attributes'

/** Of a page's journey events; `recovered` are other pages'. */
type Figure = 'emitted' | 'delivered' | 'refused' | 'dropped' | 'retried' | 'recovered'

/** Why an endpoint refused events, in the words that are kept, and how many of them. */
const MOST_REASONS = 10
const LONGEST_REASON = 120

/** What became of a page's journey events so far. */
export interface Account extends Record<Figure, number> {
  /** @param why in the endpoint's words; numbers in it are left out, so that equal reasons are counted together */
  refuse(why: string | undefined): void
  /**
   * Of `throughline.delivery`; undefined while nothing has changed.
   *
   * @param more what else the page tells with it
   */
  changes(more?: Readonly<Record<string, string | number>>): Record<string, string | number> | undefined
}

export function createAccount(page: string): Account {
  const reasons: Record<string, number> = {}
  let told = ''
  const account: Account = {
    emitted: 0,
    delivered: 0,
    refused: 0,
    dropped: 0,
    retried: 0,
    recovered: 0,
    refuse(why = 'unknown') {
      const reason = why.replace(/\b\d+\b(?!$)/g, 'n').slice(0, LONGEST_REASON)
      const isRoom = reason in reasons || Object.keys(reasons).length < MOST_REASONS
      const known = isRoom ? reason : 'other'
      reasons[known] = (reasons[known] ?? 0) + 1
      account.refused++
    },
    changes(more) {
      const { emitted, delivered, refused, dropped, retried, recovered } = account
      const pending = emitted - delivered - refused - dropped
      const counts = { emitted, delivered, refused, dropped, retried, recovered, pending }
      const attributes: Record<string, string | number> = { ...more, [Name.PAGE_ID]: page }
      for (const [name, count] of Object.entries(counts)) attributes[Name.DELIVERY_COUNT + name] = count
      if (refused) attributes[Name.DELIVERY_REFUSED_FOR] = JSON.stringify(reasons)
      const text = JSON.stringify(attributes)
      if (emitted === 0 || text === told) return undefined
      told = text
      return attributes
    },
  }
  return account
}
