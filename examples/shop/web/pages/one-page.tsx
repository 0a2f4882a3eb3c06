import { useStep } from '@throughline/react'
import type { FormEvent } from 'react'
import { useState } from 'react'
import { checkout } from '../../journeys'
import { tidyPostcode } from '../../shared/postcode'
import { quote } from '../../shared/pricing'
import { change, useBasket } from '../basket'
import { AddressFields } from '../parts/address'
import { Card } from '../parts/card'
import { DeliveryChoice } from '../parts/delivery'
import { Alert, Heading } from '../parts/frame'
import { Summary } from '../parts/summary'
import { useDelivery } from '../parts/use-delivery'
import { usePayment } from '../parts/use-payment'

/** The treatment: address and payment on one page. */
export function OnePage() {
  const payment = usePayment()
  const { lines, address, delivery } = useBasket()
  const { options, problem, ask } = useDelivery()
  const [postcode, setPostcode] = useState<string>()
  useStep(checkout, 'payment', { ready: payment.ready })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (options) payment.pay()
    else setPostcode('Fill in your postcode first')
  }
  const onPostcode = (input: string) => {
    const tidy = tidyPostcode(input)
    setPostcode(tidy ? undefined : 'A postcode has four digits and two letters')
    if (!tidy) return
    change({ address: { ...address, postcode: tidy } })
    ask(tidy)
  }
  return (
    <>
      <Heading>Checkout</Heading>
      <div className="checkout">
        <form onSubmit={submit}>
          <AddressFields
            value={address}
            onChange={(changed) => change({ address: changed })}
            onPostcode={onPostcode}
          />
          {(postcode ?? problem) && <Alert>{postcode ?? problem}</Alert>}
          <DeliveryChoice options={options} />
          <Card payment={payment} total={quote(lines).subtotal + (delivery?.price ?? 0)} />
        </form>
        <Summary />
      </div>
    </>
  )
}
