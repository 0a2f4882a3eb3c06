import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import { throughline } from '@throughline/node'
import { createProxyMiddleware } from 'http-proxy-middleware'
import { AppModule } from './app.module.js'
import { checkout } from './journeys.js'

const { HOST = 'localhost', PORT = '3000', THROUGHLINE_URL = 'http://127.0.0.1:4318' } = process.env

const app = await NestFactory.create(AppModule)
// What pages send goes to `throughline dev`; in production to your collector.
app.use('/otlp', createProxyMiddleware({ target: THROUGHLINE_URL }))
app.use(throughline({ journeys: [checkout] }))
await app.listen(PORT, HOST)
console.log(await app.getUrl())
