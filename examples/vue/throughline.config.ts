import { checkout } from './src/journeys.ts'

export default { journeys: [checkout] }
