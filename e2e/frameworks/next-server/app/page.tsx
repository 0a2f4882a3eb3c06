import { getJourney } from '@throughline/node'
import { action } from '../journey'
import { pay } from './actions'

const Page = action(async () => (
  <form action={pay}>
    <p id="run">{getJourney()?.current()?.run ?? 'none'}</p>
    <input name="key" />
    <button type="submit">Pay</button>
  </form>
))

export const dynamic = 'force-dynamic'
export default Page
