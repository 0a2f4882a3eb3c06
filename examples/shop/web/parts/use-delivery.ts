import { useState } from 'react'
import type { DeliveryOption } from '../../shared/api'
import { getDeliveryOptions } from '../api'
import { change, useBasket } from '../basket'

/** The ways to deliver to a postcode, once they are asked for; the first one is chosen unless another was. */
export function useDelivery() {
  const { lines, delivery } = useBasket()
  const [options, setOptions] = useState<readonly DeliveryOption[]>()
  const [problem, setProblem] = useState<string>()
  const ask = async (postcode: string) => {
    setProblem(undefined)
    try {
      const found = await getDeliveryOptions(postcode, lines)
      setOptions(found)
      change({ delivery: found.find(({ id }) => id === delivery?.id) ?? found[0]! })
    } catch (error) {
      setOptions(undefined)
      change({ delivery: null })
      setProblem((error as Error).message)
    }
  }
  return { options, problem, ask }
}
