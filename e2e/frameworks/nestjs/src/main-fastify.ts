import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { throughline } from '@throughline/node/fastify'
import { checkout } from './journeys.js'
import { Shop } from './orders.js'

const app = await NestFactory.create<NestFastifyApplication>(Shop, new FastifyAdapter())
await app.register(throughline({ journeys: [checkout] }))
await app.listen(0, '127.0.0.1')
console.log(await app.getUrl())
