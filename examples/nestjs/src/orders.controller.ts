import { Body, Controller, Post } from '@nestjs/common'
import { OrdersService } from './orders.service.js'

@Controller('orders')
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Post()
  create(@Body() { quantity }: { quantity: number }) {
    return this.orders.place(quantity)
  }
}
