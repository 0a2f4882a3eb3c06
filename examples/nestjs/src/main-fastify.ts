import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { throughline } from '@throughline/node/fastify'
import { createProxyMiddleware } from 'http-proxy-middleware'
import { AppModule } from './app.module.js'
import { checkout } from './journeys.js'

const { HOST = 'localhost', PORT = '3000', THROUGHLINE_URL = 'http://127.0.0.1:4318' } = process.env

const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter())
// What pages send goes to `throughline dev`; in production to your collector.
app.use('/otlp', createProxyMiddleware({ target: THROUGHLINE_URL }))
await app.register(throughline({ journeys: [checkout] }))
await app.listen(PORT, HOST)
console.log(await app.getUrl())
