'use server'
import { getJourney } from '@throughline/node'
import { redirect } from 'next/navigation'
import { action } from '../journey'
import { checkout } from '../journeys'

export const pay = action(async (form: FormData) => {
  getJourney()?.convert(checkout, { value: '40.00', currency: 'EUR', key: `${form.get('key')}` })
  redirect('/done')
})
