import { useStep } from '@throughline/react'
import { checkout } from '../journeys'

export default function Done() {
  useStep(checkout, 'confirmation')
  return <h1>done</h1>
}
