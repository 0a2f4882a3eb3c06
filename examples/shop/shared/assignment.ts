import { onePagePayment } from '../journeys.ts'
import { pick, uniform } from './uniform.ts'

/** The variant of `one-page-payment` for a subject: always the same one, in the declared shares. */
export function assign(subject: string): (typeof onePagePayment.variants)[number] {
  const { id, variants, weights } = onePagePayment
  return variants[pick(weights, uniform(`${id}/${subject}`))]!
}
