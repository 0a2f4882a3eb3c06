import { Component, inject } from '@angular/core'
import { Router } from '@angular/router'
import { Trouble } from '../trouble'

@Component({
  selector: 'app-payment',
  imports: [Trouble],
  template: `
    <h1>Payment</h1>
    <button type="button" (click)="order()">Place the order</button>
    <app-trouble />
  `,
})
export class Payment {
  private readonly router = inject(Router)

  order(): void {
    this.router.navigate(['/orders', 7])
  }
}
