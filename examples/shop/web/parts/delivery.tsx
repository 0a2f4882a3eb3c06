import type { DeliveryOption } from '../../shared/api'
import { euros } from '../../shared/pricing'
import { change, useBasket } from '../basket'

/** How it shall be delivered; asks for the postcode first. */
export function DeliveryChoice({ options }: { options: readonly DeliveryOption[] | undefined }) {
  const { delivery } = useBasket()
  return (
    <fieldset>
      <legend>How shall it travel?</legend>
      {!options && <p className="hint">Fill in your postcode to see what is possible.</p>}
      {options?.map((option) => (
        <label key={option.id} className="choice">
          <input
            type="radio"
            name="delivery"
            checked={delivery?.id === option.id}
            onChange={() => change({ delivery: option })}
            required
          />
          <span>
            {option.name}
            <small>{option.when}</small>
          </span>
          <span className="money">{option.price ? euros(option.price) : 'free'}</span>
        </label>
      ))}
    </fieldset>
  )
}
