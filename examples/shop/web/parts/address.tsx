import type { Address } from '../../shared/api'
import { Field } from './field'

interface AddressFieldsProps {
  value: Address
  onChange(address: Address): void
  /** The visitor has finished typing the postcode. */
  onPostcode(postcode: string): void
}

export function AddressFields({ value, onChange, onPostcode }: AddressFieldsProps) {
  const set = (key: keyof Address) => (text: string) => onChange({ ...value, [key]: text })
  return (
    <fieldset className="address">
      <legend>Where shall it go?</legend>
      <Field
        label="Postcode"
        className="narrow"
        value={value.postcode}
        onChange={set('postcode')}
        onBlur={(event) => event.target.value && onPostcode(event.target.value)}
        autoComplete="postal-code"
        hint="For example 1012 AB"
        maxLength={8}
        required
      />
      <Field
        label="City"
        className="broad"
        value={value.city}
        onChange={set('city')}
        autoComplete="address-level2"
        required
      />
      <Field
        label="Street and number"
        value={value.street}
        onChange={set('street')}
        autoComplete="street-address"
        required
      />
      <Field label="Full name" value={value.name} onChange={set('name')} autoComplete="name" required />
      <Field
        label="E-mail"
        type="email"
        value={value.email}
        onChange={set('email')}
        autoComplete="email"
        hint="For the receipt, and nothing else"
        required
      />
    </fieldset>
  )
}
