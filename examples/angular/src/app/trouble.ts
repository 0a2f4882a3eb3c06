import { Component, signal } from '@angular/core'

/** Two errors to try: the report shows them on the step on which they happen. */
@Component({
  selector: 'app-trouble',
  template: `
    <button type="button" (click)="fail()">Break a handler</button>
    <button type="button" (click)="isBroken.set(true)">Break a render</button>
    @if (isBroken()) {
      {{ render() }}
    }
  `,
})
export class Trouble {
  readonly isBroken = signal(false)

  fail(): void {
    throw new TypeError('no such handler')
  }

  render(): string {
    throw new RangeError('no such card')
  }
}
