import { At } from '../shop'

export default () => (
  <At name="payment">
    <h1>payment</h1>
  </At>
)
