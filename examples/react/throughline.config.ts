import { checkout, shortForm } from './src/journeys.ts'

export default { journeys: [checkout], hypotheses: [shortForm] }
