import type { Project } from './project'

/**
 * A folder of a file router as an address pattern; undefined where it is none of its own (slots, intercepted routes).
 */
function fromFolders(folders: readonly string[]): string | undefined {
  if (folders.some((folder) => /^@|^\(\.+\)/.test(folder))) return undefined
  const named = folders.filter((folder) => folder !== '' && folder !== 'index' && !/^\(.*\)$/.test(folder))
  return `/${named.map((name) => (/^\[+\.{3}/.test(name) ? '*' : name.replace(/^\[+(\w+)\]+$/, ':$1'))).join('/')}`
}

/** Where the pages of file routers are: the folder, and what a page's file is called. */
const FILE_ROUTERS = [
  { uses: 'next', page: /^(?:src\/)?app\/(.*?)\/?page\.[jt]sx?$/ },
  { uses: 'next', page: /^(?:src\/)?pages\/(?!api\/|_)(.*)\.[jt]sx?$/ },
  { uses: '@sveltejs/kit', page: /^src\/routes\/(.*?)\/?\+page\.svelte$/ },
  { uses: 'nuxt', page: /^(?:app\/)?pages\/(.*)\.vue$/ },
]

/**
 * How routes are written in code: React Router, Vue Router and Angular; TanStack Router; React Router's `routes.ts`.
 */
const IN_CODE = [
  /\bpath\s*[:=]\s*\{?\s*['"`]([^'"`]+)['"`]/g,
  /\bcreateFileRoute\(\s*['"`]([^'"`]+)['"`]/g,
  /\broute\(\s*['"`]([^'"`]+)['"`]/g,
]

const fromCode = (path: string) =>
  `/${path
    .replace(/^\/|\/$/g, '')
    .split('/')
    .map((part) =>
      part === '**' || part === '$' ? '*' : part.replace(/^[:$]([A-Za-z_]\w*)\??(\(.*\))?[?*+]?$/, ':$1'),
    )
    .join('/')}`

/**
 * Pages that a server makes (Express, Fastify, Koa, Hono), as far as they are not an API's; and pages that are files.
 */
function fromServer(project: Project): string[] {
  const routes = project.files
    .filter((name) => /\.[cm]?[jt]s$/.test(name))
    .flatMap((file) =>
      [...project.read(file).matchAll(/\.get\(\s*['"`](\/[^'"`]*)['"`]/g)].map(([, path]) => fromCode(path!)),
    )
  const pages = project.files.filter((name) => name.endsWith('.html')).map((name) => `/${name}`)
  return [...routes.filter((path) => !path.startsWith('/api/')), ...pages]
}

/**
 * The addresses of a project's pages, as far as its files tell.
 *
 * @param isPlain whether its own server makes them, or they are files
 */
export function addressesIn(project: Project, isPlain = false): string[] {
  const found = new Set<string>()
  const routers = FILE_ROUTERS.filter(({ uses }) => project.uses.has(uses))
  for (const file of project.files)
    for (const { page } of routers) {
      const [, folders] = page.exec(file) ?? []
      const address = folders === undefined ? undefined : fromFolders(folders.split('/'))
      if (address) found.add(address)
    }
  if (found.size === 0)
    for (const file of project.files.filter((name) => /\.([cm]?[jt]sx?|vue|svelte)$/.test(name))) {
      const text = project.read(file)
      for (const pattern of IN_CODE) for (const [, path] of text.matchAll(pattern)) found.add(fromCode(path!))
    }
  if (isPlain) for (const address of fromServer(project)) found.add(address)
  return [...found].filter((address) => /^(\/(:?[\w.~-]+)?)+(\/\*)?$/.test(address))
}

/** What pages of well-known journeys are called, in the order in which they are passed. */
const JOURNEYS = [
  {
    name: 'checkout',
    steps: {
      product: /^(products?|items?|p)$/,
      cart: /^(cart|basket|bag)$/,
      checkout: /^checkout$/,
      shipping: /^(shipping|delivery|address)$/,
      payment: /^(payment|pay|billing)$/,
      confirmation: /^(confirmation|confirmed|thank-?you|thanks|success|complete|orders?|receipt)$/,
    },
  },
  {
    name: 'sign-up',
    steps: {
      form: /^(sign-?up|register|registration|join)$/,
      verification: /^(verify|verification|confirm-email)$/,
      onboarding: /^(onboarding|setup)$/,
      welcome: /^(welcome|done|get-?started)$/,
    },
  },
]

/** A journey to begin with: its steps in order, the last of which converts. */
export interface Proposal {
  readonly name: string
  readonly steps: readonly { readonly name: string; readonly at: string }[]
  /** Whether the project's own addresses say so; else it is an example. */
  readonly isFound: boolean
}

/** The journey that a project's addresses look like; an example where they look like none. */
export function proposeJourney(addresses: readonly string[]): Proposal {
  for (const { name, steps } of JOURNEYS) {
    const found = Object.entries(steps).flatMap(([step, called]) => {
      const last = (address: string) =>
        address
          .replace(/\.html$/, '')
          .split('/')
          .findLast((part) => part !== '' && !/^[:*]/.test(part)) ?? ''
      const at = addresses.find((address) => called.test(last(address).toLowerCase()))
      return at ? [{ name: step, at }] : []
    })
    if (found.length > 1) return { name, steps: found, isFound: true }
  }
  return {
    name: 'checkout',
    steps: [
      { name: 'cart', at: '/cart' },
      { name: 'payment', at: '/checkout/payment' },
      { name: 'confirmation', at: '/orders/:id' },
    ],
    isFound: false,
  }
}
