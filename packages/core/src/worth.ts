import { diag } from '@opentelemetry/api'

/** What a conversion is worth, as far as it can be recorded. */
export interface Worth {
  /** 0 or more. */
  readonly value?: number | undefined
  /** ISO 4217, upper case. */
  readonly currency?: string | undefined
}

/**
 * Reads what an application says that a conversion is worth, in a browser and on a server alike. Databases give
 * amounts as text, and currencies come in either case. Anything else is left out with one `diag`: the conversion
 * itself counts.
 *
 * @example
 * ```ts
 * import { readWorth } from '@throughline/core'
 *
 * readWorth({ value: '50.00', currency: 'eur' }) // { value: 50, currency: 'EUR' }
 * ```
 */
export function readWorth(given: { readonly value?: unknown; readonly currency?: unknown }): Worth {
  const text = (it: unknown, pattern: RegExp) =>
    typeof it === 'string' ? pattern.exec(it.trim())?.[0] : undefined
  const isGiven = (it: unknown) => it !== undefined && it !== null
  const { value, currency } = given
  const decimal = text(value, /^[+-]?(\d+\.?\d*|\.\d+)$/)
  const amount = decimal ? Number(decimal) : Number.isFinite(value) ? (value as number) : undefined
  const code = text(currency, /^[a-z]{3}$/i)?.toUpperCase()
  const unread = [isGiven(value) && amount === undefined && 'value', isGiven(currency) && !code && 'currency']
  const which = unread.filter(Boolean).join(' and ')
  if (which)
    diag.warn(`throughline: ignored the ${which} of a conversion; write { value: 40, currency: 'EUR' }`)
  if (!(amount! < 0)) return { value: amount, currency: code }
  diag.error(
    'throughline: ignored a negative value of a conversion: after a full refund call fail(journey, { key }) on the server, after a partial one keep the value',
  )
  return { currency: code }
}
