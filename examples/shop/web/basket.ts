import { useSyncExternalStore } from 'react'
import type { Address, DeliveryOption, Line, Order } from '../shared/api'
import { EMPTY_ADDRESS } from './api'

/** What this visitor has chosen so far; it survives a reload. */
export interface Basket {
  readonly lines: readonly Line[]
  readonly address: Address
  readonly delivery: DeliveryOption | null
  readonly order: Order | null
}

const EMPTY: Basket = { lines: [], address: EMPTY_ADDRESS, delivery: null, order: null }
const KEY = 'shop-basket'
const listeners = new Set<() => void>()
let basket: Basket = read()

function read(): Basket {
  try {
    return { ...EMPTY, ...JSON.parse(sessionStorage.getItem(KEY) ?? '{}') }
  } catch {
    return EMPTY
  }
}

/** Changes some of it. */
export function change(part: Partial<Basket>): void {
  basket = { ...basket, ...part }
  try {
    sessionStorage.setItem(KEY, JSON.stringify(basket))
  } catch {
    // A full or forbidden storage: the basket lives as long as the page.
  }
  for (const listener of listeners) listener()
}

/** Sets how many of a product are in the basket; 0 takes it out. */
export function setQuantity(id: string, quantity: number): void {
  const others = basket.lines.filter((line) => line.id !== id)
  const known = basket.lines.some((line) => line.id === id)
  const lines = known
    ? basket.lines.map((line) => (line.id === id ? { id, quantity } : line))
    : [...others, { id, quantity }]
  change({ lines: lines.filter((line) => line.quantity > 0), delivery: null, order: null })
}

export function add(id: string): void {
  const now = basket.lines.find((line) => line.id === id)?.quantity ?? 0
  setQuantity(id, Math.min(99, now + 1))
}

export const useBasket = () =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    () => basket,
  )
