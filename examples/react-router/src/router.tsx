import { createBrowserRouter } from 'react-router'
import { Cart, ErrorPage, Order, Payment } from './pages'

export const router = createBrowserRouter([
  {
    ErrorBoundary: ErrorPage,
    children: [
      { path: '/', Component: Cart },
      { path: '/payment', Component: Payment },
      { path: '/orders/:id', Component: Order },
    ],
  },
])
