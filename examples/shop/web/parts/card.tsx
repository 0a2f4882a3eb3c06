import { useState } from 'react'
import { euros } from '../../shared/pricing'
import { Field } from './field'
import { Alert } from './frame'
import type { usePayment } from './use-payment'

/** Card number, and the button that pays: usable once the payment provider has answered. */
export function Card({ payment, total }: { payment: ReturnType<typeof usePayment>; total: number }) {
  const [card, setCard] = useState({ number: '', expiry: '', code: '' })
  const set = (key: keyof typeof card) => (text: string) => setCard({ ...card, [key]: text })
  return (
    <fieldset className="card-form" aria-busy={!payment.ready} disabled={!payment.ready}>
      <legend>How would you like to pay?</legend>
      {!payment.ready && !payment.problem && (
        <p className="connecting" role="status">
          <span className="spinner" aria-hidden="true" /> Opening a secure connection to the bank …
        </p>
      )}
      <Field
        label="Card number"
        value={card.number}
        onChange={set('number')}
        inputMode="numeric"
        autoComplete="cc-number"
        pattern="[0-9 ]{12,23}"
        hint="Any 16 digits will do: nothing is charged here"
        required
      />
      <Field
        label="Expires"
        className="narrow"
        value={card.expiry}
        onChange={set('expiry')}
        inputMode="numeric"
        autoComplete="cc-exp"
        placeholder="MM/YY"
        pattern="(0[1-9]|1[0-2]) ?/ ?[0-9]{2}"
        required
      />
      <Field
        label="Security code"
        className="narrow"
        value={card.code}
        onChange={set('code')}
        inputMode="numeric"
        autoComplete="cc-csc"
        pattern="[0-9]{3,4}"
        required
      />
      {payment.problem && <Alert>{payment.problem}</Alert>}
      <button type="submit" className="primary" disabled={payment.paying}>
        {payment.paying ? 'Paying …' : `Pay ${euros(total)}`}
      </button>
    </fieldset>
  )
}
