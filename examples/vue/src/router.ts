import { createRouter, createWebHistory } from 'vue-router'
import Cart from './pages/Cart.vue'
import Order from './pages/Order.vue'
import Payment from './pages/Payment.vue'

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', component: Cart },
    { path: '/payment', component: Payment },
    { path: '/orders/:id', component: Order },
  ],
})
