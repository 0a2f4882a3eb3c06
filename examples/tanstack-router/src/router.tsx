import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router'
import { Cart, ErrorPage, Order, Payment } from './pages'

const root = createRootRoute({ errorComponent: ErrorPage })
const page = { getParentRoute: () => root }

export const router = createRouter({
  routeTree: root.addChildren([
    createRoute({ ...page, path: '/', component: Cart }),
    createRoute({ ...page, path: '/payment', component: Payment }),
    createRoute({ ...page, path: '/orders/$id', component: Order }),
  ]),
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
