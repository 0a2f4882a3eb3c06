import { ApplicationRef, Component, inject, NgZone, signal } from '@angular/core'
import { journey, Telemetry } from './throughline'

@Component({
  selector: 'app-broken',
  template: `
    @if (isBroken()) {
      {{ fail() }}
    } @else {
      <button (click)="isBroken.set(true)">render</button>
    }
  `,
})
export class Broken {
  readonly isBroken = signal(false)

  fail(): string {
    throw new RangeError('no such card')
  }
}

@Component({
  selector: 'app-shop',
  imports: [Broken],
  template: `
    <button (click)="pay()">pay</button>
    <button (click)="fail()">handler</button>
    <app-broken />
  `,
})
export class Shop {
  private readonly tracker = inject(Telemetry).tracker

  constructor() {
    /** How often Angular looked for changes, and whether it thinks that something is still going on. */
    const seen = { checks: 0, isStable: false }
    inject(NgZone).onMicrotaskEmpty.subscribe(() => {
      seen.checks++
    })
    inject(ApplicationRef).isStable.subscribe((isStable) => {
      seen.isStable = isStable
    })
    Object.assign(globalThis, { seen })
    this.tracker?.enter(journey, 'cart')
  }

  pay(): void {
    this.tracker?.enter(journey, 'payment')
  }

  fail(): void {
    throw new TypeError('no such handler')
  }
}
