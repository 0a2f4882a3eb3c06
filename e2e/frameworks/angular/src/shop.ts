import { ApplicationRef, Component, type DoCheck, inject, signal } from '@angular/core'
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
export class Shop implements DoCheck {
  private readonly tracker = inject(Telemetry).tracker
  /** How often Angular looked for changes, and whether it thinks that something is still going on. */
  private readonly seen = { checks: 0, isStable: false }

  constructor() {
    Object.assign(globalThis, { seen: this.seen })
    inject(ApplicationRef).isStable.subscribe((isStable) => {
      this.seen.isStable = isStable
    })
    this.tracker?.enter(journey, 'cart')
  }

  ngDoCheck(): void {
    this.seen.checks++
  }

  pay(): void {
    this.tracker?.enter(journey, 'payment')
  }

  fail(): void {
    throw new TypeError('no such handler')
  }
}
