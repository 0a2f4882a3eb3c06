import type { Routes } from '@angular/router'
import { Cart } from './pages/cart'
import { Order } from './pages/order'
import { Payment } from './pages/payment'

export const routes: Routes = [
  { path: '', component: Cart },
  { path: 'payment', component: Payment },
  { path: 'orders/:id', component: Order },
]
