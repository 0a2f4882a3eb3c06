import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import { throughline } from '@throughline/node'
import { checkout } from './journeys.js'
import { Shop } from './orders.js'

const app = await NestFactory.create(Shop)
app.use(throughline({ journeys: [checkout] }))
await app.listen(0, '127.0.0.1')
console.log(await app.getUrl())
