import { setTimeout as sleep } from 'node:timers/promises'
import { epochOf } from '@throughline/core'
import { checkout, onePagePayment } from '../journeys.ts'
import type { Order, PaymentSession } from '../shared/api.ts'
import { CATALOGUE } from '../shared/catalogue.ts'
import { region } from '../shared/postcode.ts'
import { uniform } from '../shared/uniform.ts'
import type { Browser } from './browser.ts'
import type { Person, Plan, PlannedVisit } from './truth.ts'

/** Does what was planned, in real time: the waits are waits, the requests go to the shop, the errors are thrown. */
export async function visit(who: Person, plan: Plan, browser: Browser): Promise<void> {
  const { tracker } = browser
  const item = CATALOGUE[Math.floor(uniform(`item/${who.subject}`) * CATALOGUE.length)]!
  const lines = [{ id: item.id, quantity: 1 }]
  const express = uniform(`express/${who.subject}`) < 0.2

  const arrive: Record<PlannedVisit['step'], (planned: PlannedVisit) => Promise<void>> = {
    async product(planned) {
      const start = epochOf(performance.now())
      await browser.open(`/products/${item.id}`)
      tracker.navigated(start, 'navigation')
      tracker.assign(onePagePayment, who.variant)
      tracker.enter(checkout, 'product')
      await browser.request('GET', `/api/products/${item.id}`)
      await sleep(planned.network)
    },
    async cart(planned) {
      tracker.enter(checkout, 'cart')
      await browser.request('POST', '/api/quotes', { lines })
      await sleep(planned.network)
    },
    async shipping(planned) {
      tracker.enter(checkout, 'shipping')
      tracker.expose(onePagePayment, who.variant)
      await sleep(planned.network)
    },
    async payment(planned) {
      tracker.enter(checkout, 'payment')
      tracker.expose(onePagePayment, who.variant)
      const session = await browser.request('POST', '/api/payment-sessions', {})
      await sleep(planned.network)
      paymentSession = (session.body as PaymentSession).id
    },
    async confirmation() {
      tracker.enter(checkout, 'confirmation')
    },
  }

  let paymentSession = ''
  const delivery = () => browser.request('POST', '/api/delivery-options', { postcode: '1012 AB', lines })
  const pay = async () => {
    const { status, body } = await browser.request('POST', '/api/orders', {
      lines,
      delivery: express ? 'express' : 'standard',
      address: {
        name: 'Ada',
        email: 'ada@example.org',
        street: 'Damrak 1',
        postcode: '1012 AB',
        city: 'Amsterdam',
      },
      paymentSession,
    })
    return status === 201 ? (body as Order) : undefined
  }

  for (const planned of plan.visits) {
    await arrive[planned.step](planned)
    tracker.ready(checkout)
    await sleep(planned.thinks)
    tracker.interacted(epochOf(performance.now()))
    browser.vital('inp', planned.inp)
    if (planned.step === 'shipping')
      try {
        region(planned.postcodeError ? '1012AB' : '1012 AB')
      } catch (error) {
        browser.uncaught(error as Error)
      }
    if (planned.leaves === 'before-acting') return
    if (planned.step === 'shipping' || (planned.step === 'payment' && who.variant === 'one-page'))
      await delivery()
    if (planned.step === 'payment') {
      const order = await pay()
      if (!!order === planned.chargeFails)
        throw new Error(`the gateway surprised ${who.subject}: the truth is no longer true`)
      if (planned.leaves === 'after-failure') return
      if (!order && !(await pay())) throw new Error(`the second charge failed for ${who.subject}`)
    }
  }
}
