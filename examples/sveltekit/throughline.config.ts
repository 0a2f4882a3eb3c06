import { checkout } from './src/lib/journeys.ts'

export default { journeys: [checkout] }
