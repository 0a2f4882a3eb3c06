import { checkout } from './app/journeys.ts'

export default { journeys: [checkout] }
