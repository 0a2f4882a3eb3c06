import { type RouteConfig, route } from '@react-router/dev/routes'

export default [
  route('cart', './routes/cart.tsx'),
  route('payment', './routes/payment.tsx'),
  route('done', './routes/done.tsx'),
] satisfies RouteConfig
