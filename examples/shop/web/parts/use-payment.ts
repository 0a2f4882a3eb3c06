import { useState } from 'react'
import { ApiError, openPayment, placeOrder } from '../api'
import { change, useBasket } from '../basket'
import { go } from '../router'
import { useLoaded } from '../use-loaded'

/** The payment provider's session, and what happens when the visitor pays. */
export function usePayment() {
  const { lines, address, delivery } = useBasket()
  const { data: session, error } = useLoaded('payment', openPayment)
  const [state, setState] = useState<{ paying: boolean; problem?: string }>({ paying: false })
  const pay = async () => {
    if (!session || !delivery || state.paying) return
    setState({ paying: true })
    try {
      const order = await placeOrder({ lines, address, delivery: delivery.id, paymentSession: session.id })
      change({ order, lines: [], delivery: null })
      go('/confirmation')
    } catch (failure) {
      const declined = failure instanceof ApiError && failure.status === 502
      const problem = declined
        ? 'The bank did not answer, and nothing was charged. Please try once more.'
        : (failure as Error).message
      setState({ paying: false, problem })
    }
  }
  const problem = error ? 'We cannot reach the bank right now. Reload the page to try again.' : state.problem
  return { ready: !!session, paying: state.paying, problem, pay }
}
