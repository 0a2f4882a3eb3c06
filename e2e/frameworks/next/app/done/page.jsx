import { At } from '../shop'

export default () => (
  <At name="done">
    <h1>done</h1>
  </At>
)
