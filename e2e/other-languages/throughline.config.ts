import { definitions } from './journeys.ts'

export default definitions
