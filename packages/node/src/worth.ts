/** What a conversion is worth, as far as it can be recorded. */
export interface Worth {
  readonly value?: number | undefined
  readonly currency?: string | undefined
}

/**
 * Reads what an application says that a conversion is worth. Databases give amounts as text, and currencies come in either case.
 *
 * @param ignore called with what is left out, and why
 */
export function readWorth(
  given: { value?: unknown; currency?: unknown },
  ignore: (what: string) => void,
): Worth {
  return { value: readValue(given.value, ignore), currency: readCurrency(given.currency, ignore) }
}

function readValue(given: unknown, ignore: (what: string) => void): number | undefined {
  if (given === undefined || given === null) return undefined
  const isText = typeof given === 'string' && /^\s*[+-]?\d+(\.\d+)?\s*$/.test(given)
  const value = isText ? Number(given) : given
  if (typeof value !== 'number' || !Number.isFinite(value))
    return void ignore('the value of a conversion: it is no number')
  if (value >= 0) return value
  ignore(
    'the value of a conversion: it is negative. If everything was refunded, call fail(journey, { key }) with a key of the refund;' +
      ' otherwise keep the value',
  )
}

function readCurrency(given: unknown, ignore: (what: string) => void): string | undefined {
  if (given === undefined || given === null) return undefined
  if (typeof given === 'string' && /^[a-z]{3}$/i.test(given)) return given.toUpperCase()
  ignore("the currency of a conversion: it is no ISO 4217 code, such as 'EUR'")
}
