import { index, type RouteConfig, route } from '@react-router/dev/routes'

export default [
  index('./routes/cart.tsx'),
  route('payment', './routes/payment.tsx'),
  route('orders/:id', './routes/order.tsx'),
  route('otlp/*', './routes/otlp.ts'),
] satisfies RouteConfig
