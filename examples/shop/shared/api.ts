// What browser and server say to each other.

/** What the server puts into the page: who is here and what was assigned. */
export interface Session {
  readonly subject: string
  readonly flags: Readonly<Record<string, string>>
  /** Where the browser's telemetry goes. */
  readonly otlp: string
}

export interface Line {
  readonly id: string
  readonly quantity: number
}

/** All money is in cents. */
export interface Quote {
  readonly lines: readonly { readonly id: string; readonly quantity: number; readonly total: number }[]
  readonly subtotal: number
}

export interface DeliveryOption {
  readonly id: string
  readonly name: string
  readonly when: string
  readonly price: number
}

export interface Address {
  readonly name: string
  readonly email: string
  readonly street: string
  readonly postcode: string
  readonly city: string
}

/** The payment provider's answer to "somebody wants to pay". */
export interface PaymentSession {
  readonly id: string
}

export interface OrderRequest {
  readonly lines: readonly Line[]
  readonly delivery: string
  readonly address: Address
  readonly paymentSession: string
}

export interface Order {
  readonly id: string
  readonly total: number
  readonly email: string
  readonly delivery: DeliveryOption
}
