import { Body, Controller, Injectable, Module, Post } from '@nestjs/common'
import { trace } from '@opentelemetry/api'
import { getJourney } from '@throughline/node'
import { checkout } from './journeys.js'

@Injectable()
export class Orders {
  async place(key: string) {
    await new Promise((resolve) => setTimeout(resolve, 1))
    trace.getTracer('app').startSpan('query').end()
    getJourney()?.convert(checkout, { value: 40, currency: 'EUR', key })
    return { run: getJourney()?.current()?.run ?? null }
  }
}

@Controller()
export class OrdersController {
  constructor(private readonly orders: Orders) {}

  @Post('orders')
  order(@Body() { key }: { key: string }) {
    return this.orders.place(key)
  }

  @Post('broken')
  broken() {
    throw new Error('out of stock')
  }
}

@Module({ controllers: [OrdersController], providers: [Orders] })
export class Shop {}
