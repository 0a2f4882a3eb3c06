import { shop } from './app.ts'
import { gatewayAt } from './gateway.ts'
import { listen } from './listen.ts'

const { GATEWAY_URL, BROWSER_OTLP } = process.env
if (!GATEWAY_URL || !BROWSER_OTLP)
  throw new Error(
    'set GATEWAY_URL to the payment gateway and BROWSER_OTLP to where browsers send telemetry; `npm start` does both',
  )
listen(shop(gatewayAt(GATEWAY_URL), BROWSER_OTLP), 'shop')
