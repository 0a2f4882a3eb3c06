import { join } from 'node:path'
import { Module } from '@nestjs/common'
import { ServeStaticModule } from '@nestjs/serve-static'
import { OrdersController } from './orders.controller.js'
import { OrdersService } from './orders.service.js'

@Module({
  // The pages, whatever their address.
  imports: [ServeStaticModule.forRoot({ rootPath: join(import.meta.dirname, 'web') })],
  controllers: [OrdersController],
  providers: [OrdersService],
})
export class AppModule {}
