import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch'
import { startThroughline } from '@throughline/core/web'
import { checkout } from './journeys.ts'

startThroughline({
  serviceName: 'shop-web',
  endpoint: '/otlp', // passed on by server.ts
  journeys: [checkout],
  instrumentations: [new FetchInstrumentation()], // tells the server which journey a request belongs to
})

const pages: Record<string, string> = { '/': 'cart', '/payment': 'payment' }
document.getElementById(pages[location.pathname] ?? 'thanks')!.hidden = false

for (const button of document.querySelectorAll('button'))
  button.addEventListener('click', async () => {
    const response = await fetch('/orders', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ quantity: Number(button.dataset.quantity) }),
    })
    if (response.ok) location.assign(`/orders/${(await response.json()).id}`)
    else document.querySelector('[role=alert]')!.textContent = 'We do not have that many.'
  })
