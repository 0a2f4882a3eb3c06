import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { diag } from '@opentelemetry/api'
import type { Duration } from '@throughline/core'
import { LONGEST_WITHIN, milliseconds } from '@throughline/core'
import type { ServerRun } from './claimed-run'
import { safely } from './safely'

const DAY = 864e5
const LONGEST = 1024
const SHORTEST_SECRET = 16

export interface HandoverOptions {
  /**
   * At least 16 bytes, known to your servers alone. Of several, the first signs and all verify: so a secret is
   * changed.
   */
  readonly secret: string | readonly string[]
  /**
   * How long servers take a token, `'366d'` at most: longer than a journey's `within` for disputes and refunds. As
   * long as `within` if left out. Browsers join with it until `within` has passed, whatever this says.
   */
  readonly lifetime?: Duration
}

/** Carries a run through a webhook, a queue, a link in an e-mail. */
export interface Handover {
  /** A token for the run; undefined when there is none, so that `sign(getJourney()?.current())` will do. */
  sign(run: ServerRun | undefined): string | undefined
  /** The run of a token; undefined, after a `diag`, when it was not signed here, was changed, or has expired. */
  verify(token: string | null | undefined): ServerRun | undefined
}

/**
 * Creates what signs and verifies handover tokens: `<base64url of JSON>.<base64url of its HMAC-SHA256>`. A token can be
 * used again until it expires; outcomes that are confirmed twice count once.
 *
 * @example
 * ```ts
 * import { createHandover, getJourney } from '@throughline/node'
 *
 * const handover = createHandover({ secret: process.env.HANDOVER_SECRET! })
 * const link = `https://shop.example/pay?run=${handover.sign(getJourney()?.current()) ?? ''}`
 * const run = handover.verify(new URL(link).searchParams.get('run')) // for continueRun
 * ```
 * @throws TypeError when the secret is too short or the lifetime too long
 */
export function createHandover({ secret, lifetime }: HandoverOptions): Handover {
  const secrets = typeof secret === 'string' ? [secret] : (secret ?? [])
  const ms = lifetime === undefined ? undefined : milliseconds(lifetime)
  if (secrets.length === 0 || !secrets.every((it) => Buffer.byteLength(it) >= SHORTEST_SECRET))
    throw new TypeError(
      'createHandover needs a secret of at least 16 bytes, such as `openssl rand -base64 32` makes',
    )
  if (ms !== undefined && !(ms > 0 && ms <= LONGEST_WITHIN))
    throw new TypeError(
      `createHandover: lifetime is "${lifetime}"; write milliseconds or '12h', up to '366d'`,
    )

  const signature = (payload: string, by: string) =>
    createHmac('sha256', by).update(payload).digest('base64url')
  const isSigned = (payload: string, given: Buffer) =>
    secrets.some((by) => {
      const expected = Buffer.from(signature(payload, by))
      return expected.length === given.length && timingSafeEqual(expected, given)
    })

  function verify(token: string): ServerRun | undefined {
    const [payload = '', given = '', ...rest] = token.split('.')
    if (rest.length > 0 || !isSigned(payload, Buffer.from(given))) return undefined
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const { j, v, r, s, t, x, l = x } = claims
    const { p, a = 1, d, i, o, w } = claims
    const isInTime = l > Date.now() && l - t <= LONGEST_WITHIN
    if (!isInTime || ![j, v, r].every((it) => typeof it === 'string')) return undefined
    const place = o === undefined ? { visitIndex: i } : { visitAfter: o }
    const visit = typeof s === 'string' && { step: s, index: p, attempt: a, visitId: d, ...place }
    return { journey: j, version: v, run: r, ...visit, within: w }
  }

  return {
    sign: (run) =>
      safely(() => {
        if (!run) return undefined
        const { journey: j, version: v, run: r, step: s, index: p, attempt: a, visitId: d } = run
        const { visitIndex, visitAfter: o, within: w } = run
        const t = Date.now()
        const life = Math.min(ms ?? w ?? DAY, LONGEST_WITHIN)
        // `joinJourney` of core reads j, v, r, s, a, i and x: there the next visit is the one behind i.
        const joined = { j, v, r, s, a, i: visitIndex ?? o, x: t + Math.min(life, w ?? life) }
        const n = randomBytes(8).toString('base64url')
        const json = JSON.stringify({ ...joined, p, d, o, w, t, l: t + life, n })
        const payload = Buffer.from(json).toString('base64url')
        return `${payload}.${signature(payload, secrets[0]!)}`
      }),
    verify(token) {
      const run = safely(() =>
        typeof token === 'string' && token.length <= LONGEST ? verify(token) : undefined,
      )
      if (!run) diag.warn('throughline: ignored a handover token that was not signed here or has expired')
      return run
    },
  }
}
