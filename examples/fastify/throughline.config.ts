import { checkout } from './journeys.ts'

export default { journeys: [checkout] }
