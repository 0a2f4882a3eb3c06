import { Component, inject } from '@angular/core'
import { ActivatedRoute } from '@angular/router'

@Component({
  selector: 'app-order',
  template: `
    <h1>Thank you</h1>
    <p>Your order has the number {{ id }}.</p>
  `,
})
export class Order {
  readonly id = inject(ActivatedRoute).snapshot.params.id
}
