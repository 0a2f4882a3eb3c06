import { useStep } from '@throughline/react'
import { Link } from 'react-router'
import { checkout } from '../journeys'

export default function Cart() {
  useStep(checkout, 'cart')
  return <Link to="/payment">pay</Link>
}
