import { At, Broken } from '../shop'

export default () => (
  <At name="payment">
    <Broken />
  </At>
)
