import fc from 'fast-check'
import { checkout, onePage } from './testing'

/** For tests: what nobody should pass, and what somebody will. */
export const hostile = fc.oneof(
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withNullPrototype: true }),
  fc.constantFrom<unknown>(
    checkout,
    onePage,
    'cart',
    'control',
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Symbol('s'),
    () => {
      throw new Error('hostile')
    },
    new Proxy(
      {},
      {
        get() {
          throw new Error('hostile')
        },
      },
    ),
    { name: 'checkout', steps: 'none' },
    { toString: null },
  ),
)
