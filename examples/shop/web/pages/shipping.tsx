import { useStep } from '@throughline/react'
import type { FormEvent } from 'react'
import { useEffect } from 'react'
import { checkout } from '../../journeys'
import { region } from '../../shared/postcode'
import { change, useBasket } from '../basket'
import { AddressFields } from '../parts/address'
import { DeliveryChoice } from '../parts/delivery'
import { Alert, Heading } from '../parts/frame'
import { Steps } from '../parts/steps'
import { Summary } from '../parts/summary'
import { useDelivery } from '../parts/use-delivery'
import { go } from '../router'

/** The control: an address page, then a payment page. */
export function ShippingPage() {
  const { address, delivery } = useBasket()
  const { options, problem, ask } = useDelivery()
  useStep(checkout, 'shipping', { ready: true })
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, for a visitor who comes back to this page
  useEffect(() => {
    if (delivery) ask(address.postcode)
  }, [])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (delivery && options) go('/checkout/payment')
  }
  const onPostcode = (postcode: string) => {
    // Parcels to the islands were to have a region of their own. They never did, but this line stayed.
    region(postcode)
    ask(postcode)
  }
  return (
    <>
      <Steps names={['Address', 'Payment']} current={0} />
      <Heading>Delivery</Heading>
      <div className="checkout">
        <form onSubmit={submit}>
          <AddressFields
            value={address}
            onChange={(changed) => change({ address: changed })}
            onPostcode={onPostcode}
          />
          {problem && <Alert>{problem}</Alert>}
          <DeliveryChoice options={options} />
          <button type="submit" className="primary" disabled={!options}>
            Continue to payment
          </button>
        </form>
        <Summary />
      </div>
    </>
  )
}
