import type { Estimate } from './result'

/** What stands for a number that cannot be told. */
export const UNKNOWN = '–'

const decimals = (least: number, most: number) =>
  new Intl.NumberFormat('en', { minimumFractionDigits: least, maximumFractionDigits: most })
const WHOLE = decimals(0, 0)
const ONE = decimals(1, 1)
const TWO = decimals(2, 2)
const UP_TO_TWO = decimals(0, 2)
const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const DIGITS = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 })
const THREE_DIGITS = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })

/** Minus as people write it; a negative zero, also one that only rounding made, loses its sign. */
const tidy = (text: string) => (/[1-9]/.test(text) ? text.replace('-', '−') : text.replace('-', ''))

/** Wraps a formatter: what is not finite becomes a dash. */
const known = (write: (value: number) => string) => (value: number) =>
  Number.isFinite(value) ? tidy(write(value)) : UNKNOWN

/** A whole number with thousands separators; in millions from ten million on. */
export const count = known((value) => (Math.abs(value) >= 1e7 ? COMPACT : WHOLE).format(value))

/** A share of 1 as percent, with as many digits as mean something. */
export const percent = known((share) => {
  const size = Math.abs(share)
  if (size > 0 && size < 0.00001) return `${share < 0 ? '-' : ''}<0.001 %`
  if (size > 0 && size < 0.0005) return `${DIGITS.format(share * 100)} %`
  if (size > 0.9995 && size < 1) return `${share < 0 ? '-' : ''}>99.9 %`
  if (size >= 10) return `${size >= 1e5 ? COMPACT.format(share * 100) : WHOLE.format(share * 100)} %`
  return size === 0 || size === 1 ? `${share * 100} %` : `${ONE.format(share * 100)} %`
})

const signed = (write: (value: number) => string) => (value: number) => {
  const text = write(value)
  return value > 0 && /[1-9]/.test(text) && text !== UNKNOWN ? `+${text}` : text
}

/** A relative change with its sign: `+12.3 %`. */
export const change = signed(percent)

/** A change of a share, in percentage points. */
export const points = signed(known((share) => `${UP_TO_TWO.format(share * 100)} points`))

/** Milliseconds as people say them. */
export const duration = known((ms) => {
  const size = Math.abs(ms)
  if (size > 0 && size < 1) return `${ms < 0 ? '-' : ''}<1 ms`
  if (size < 999.5) return `${size < 10 ? DIGITS.format(ms) : WHOLE.format(ms)} ms`
  if (size < 59_950) return `${THREE_DIGITS.format(ms / 1000)} s`
  const [small, large, unit, above] =
    size < 3_570_000
      ? [1000, 60, 's', 'min']
      : size < 86_400_000
        ? [60_000, 60, 'min', 'h']
        : [3_600_000, 24, 'h', 'd']
  const total = Math.round(size / small)
  const rest = total % large ? ` ${total % large} ${unit}` : ''
  return `${ms < 0 ? '-' : ''}${WHOLE.format(Math.floor(total / large))} ${above}${rest}`
})

/** A layout shift's score. */
export const score = known((value) => UP_TO_TWO.format(value))

/** An odds ratio. */
export const odds = known((value) => {
  if (value > 100) return 'over 100'
  return value >= 10 ? ONE.format(value) : value < 0.005 && value > 0 ? 'under 0.01' : TWO.format(value)
})

/** A p-value: `p = 0.034`. */
export function probability(p: number): string {
  if (p < 0.0001) return 'p < 0.0001'
  return p > 0.995 && p < 1 ? 'p > 0.99' : `p = ${known(DIGITS.format)(p)}`
}

/** An amount of money; a currency that is none is written behind the number. */
export function money(amount: number, currency: string): string {
  if (!Number.isFinite(amount)) return UNKNOWN
  const size = Math.abs(amount)
  const digits = { maximumFractionDigits: size >= 100 ? 0 : 2 }
  const options: Intl.NumberFormatOptions =
    size >= 1e7 ? { notation: 'compact', maximumFractionDigits: 1 } : size >= 100 ? digits : {}
  if (/^[A-Z]{3}$/.test(currency))
    return tidy(new Intl.NumberFormat('en', { style: 'currency', currency, ...options }).format(amount))
  return `${tidy(new Intl.NumberFormat('en', { ...digits, ...options }).format(amount))} ${plain(currency).slice(0, 12)}`
}

/** A number that somebody declared: without digits that they did not write. */
export const declared = (text: string) => text.replace('.0 %', ' %')

/** The bounds of an interval, the unit said once: `3.1 to 4.5 %`. */
export function between({ low, high }: Estimate, write: (value: number) => string): string {
  const [from, to] = [write(low), write(high)]
  if (from === UNKNOWN && to === UNKNOWN) return UNKNOWN
  const [number, unit, ...rest] = from.split(' ')
  return unit && !rest.length && to.split(' ')[1] === unit ? `${number} to ${to}` : `${from} to ${to}`
}

/** An estimate with its interval, whose name may go before it: `3.8 % (3.1 to 4.5 %)`. */
export const withInterval = (estimate: Estimate, write: (value: number) => string, name = '') =>
  Number.isFinite(estimate.value) ? `${write(estimate.value)} (${name}${between(estimate, write)})` : UNKNOWN

const DAY = { day: 'numeric', month: 'short', year: 'numeric' } as const

const zoned = (iso: string, timeZone: string, options: Intl.DateTimeFormatOptions, name = '') => {
  const time = Date.parse(iso)
  return Number.isNaN(time)
    ? UNKNOWN
    : `${new Date(time).toLocaleString('en-GB', { ...options, timeZone })}${name}`
}

/** A moment in a time zone, to the minute, with the zone's name. */
export const moment = (iso: string, timeZone: string): string =>
  zoned(iso, timeZone, { ...DAY, hour: '2-digit', minute: '2-digit' }, ` ${timeZone}`)

/** The day of a moment in a time zone. */
export const day = (iso: string, timeZone: string): string => zoned(iso, timeZone, DAY)

/** `one run`, `2 runs`. */
export const plural = (number: number, one: string, many = `${one}s`) =>
  `${count(number)} ${number === 1 ? one : many}`

/**
 * Text from data without control characters, which steer a terminal, and without marks that turn the direction of
 * writing.
 */
export const harmless = (text: string) =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g, ' ')

/** The same, on one line. */
export const plain = (text: string) =>
  harmless(text)
    .replace(/[ \n]+/g, ' ')
    .trim()

/** The first few of a list, and how many more there are. */
export const firstOf = (texts: readonly string[], most: number) =>
  [...texts.slice(0, most).map(plain), ...(texts.length > most ? [`${texts.length - most} more`] : [])].join(
    ', ',
  )
