import { hypotheses, journeys } from './journeys.ts'

export default { journeys, hypotheses }
