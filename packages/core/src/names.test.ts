import { expect, it } from 'vitest'
import * as declared from './attributes'
import { attributes } from './names'

it('hands out every name that is declared', () => {
  expect(attributes).toEqual({ ...declared })
})
