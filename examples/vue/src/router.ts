import { createRouter, createWebHistory } from 'vue-router'
import CartView from './views/CartView.vue'
import OrderView from './views/OrderView.vue'
import PaymentView from './views/PaymentView.vue'

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', component: CartView },
    { path: '/payment', component: PaymentView },
    { path: '/orders/:id', component: OrderView },
  ],
})
