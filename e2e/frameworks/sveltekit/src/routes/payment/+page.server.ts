import { redirect } from '@sveltejs/kit'
import { getJourney } from '@throughline/node'
import { checkout } from '../../lib/journeys'

export const actions = {
  default: async ({ request }: { request: Request }) => {
    const form = await request.formData()
    getJourney()?.convert(checkout, { value: 40, currency: 'EUR', key: `${form.get('key')}` })
    redirect(303, '/done')
  },
}
