import { Component } from '@angular/core'
import { RouterLink } from '@angular/router'

@Component({
  selector: 'app-cart',
  imports: [RouterLink],
  template: `
    <h1>Cart</h1>
    <a routerLink="/payment">Pay</a>
  `,
})
export class Cart {}
