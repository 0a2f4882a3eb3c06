import { useHypothesis, useJourney, useStep } from '@throughline/react'
import { onePage, shop } from './journeys'

export function Payment() {
  useStep(shop, 'payment')
  const variant = useHypothesis(onePage)
  const { visit, enter } = useJourney(shop)
  return (
    <button type="button" onClick={() => enter('done')}>
      pay on {variant}, {visit?.step}
    </button>
  )
}
