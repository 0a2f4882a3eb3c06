import { definitions } from './lib/journeys'

export default definitions
