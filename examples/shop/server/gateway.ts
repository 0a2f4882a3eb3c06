/** The shop's side of the payment provider. */
export interface Gateway {
  /** Opens a payment session for a reference; slow at times. */
  open(reference: string): Promise<{ id: string }>
  /** Charges an amount in cents; false when the provider could not. */
  charge(session: string, amount: number): Promise<boolean>
}

/** @param url where the provider is, such as `http://127.0.0.1:4000` */
export function gatewayAt(url: string): Gateway {
  const post = (path: string, body: object) =>
    fetch(new URL(path, url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(15_000),
    })
  return {
    async open(reference) {
      const response = await post('/sessions', { reference })
      if (!response.ok) throw new Error(`the payment provider answered ${response.status}`)
      return (await response.json()) as { id: string }
    },
    async charge(session, amount) {
      const response = await post(`/sessions/${encodeURIComponent(session)}/charges`, { amount })
      await response.body?.cancel()
      return response.ok
    },
  }
}
