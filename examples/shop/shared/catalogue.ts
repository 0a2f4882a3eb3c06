export type Shape = 'mug' | 'cup' | 'bowl' | 'plate' | 'vase' | 'teapot' | 'jar' | 'jug'

export interface Product {
  readonly id: string
  readonly name: string
  /** In cents. */
  readonly price: number
  readonly shape: Shape
  /** The colour of its glaze, and of the clay below it. */
  readonly glaze: string
  readonly clay: string
  readonly blurb: string
  readonly details: readonly string[]
}

const CARE = 'Dishwasher and microwave safe'

export const CATALOGUE: readonly Product[] = [
  {
    id: 'morning-mug',
    name: 'Morning mug',
    price: 2400,
    shape: 'mug',
    glaze: '#5b7f8c',
    clay: '#d9b48f',
    blurb: 'A generous mug with a thumb rest, glazed in slate blue down to a bare clay foot.',
    details: ['350 ml', '9 cm tall', CARE],
  },
  {
    id: 'espresso-cup',
    name: 'Espresso cup',
    price: 1600,
    shape: 'cup',
    glaze: '#b4553a',
    clay: '#e3c3a1',
    blurb: 'Thick walls keep a short coffee hot. Fired in an iron red that is never twice the same.',
    details: ['80 ml', '6 cm tall', CARE],
  },
  {
    id: 'ramen-bowl',
    name: 'Ramen bowl',
    price: 3800,
    shape: 'bowl',
    glaze: '#33413f',
    clay: '#c89f78',
    blurb: 'Deep enough for a whole supper, with a foot that stays cool in the hand.',
    details: ['1.1 l', '19 cm wide', CARE],
  },
  {
    id: 'dinner-plate',
    name: 'Dinner plate',
    price: 3200,
    shape: 'plate',
    glaze: '#dfe3d8',
    clay: '#c9a27c',
    blurb: 'A quiet plate in speckled oat white, with a raised rim that keeps the sauce where it belongs.',
    details: ['27 cm wide', 'Stacks flat', CARE],
  },
  {
    id: 'bud-vase',
    name: 'Bud vase',
    price: 2900,
    shape: 'vase',
    glaze: '#8a9a5b',
    clay: '#ddb892',
    blurb: 'Made for one stem and a window sill. Moss green, with a matt band of bare clay.',
    details: ['16 cm tall', 'Watertight', 'Wipe clean'],
  },
  {
    id: 'teapot',
    name: 'Teapot for two',
    price: 6800,
    shape: 'teapot',
    glaze: '#2f5d62',
    clay: '#d6ad86',
    blurb: 'Pours without a drip, and its lid stays on while it does. The strainer is part of the pot.',
    details: ['700 ml', 'Built-in strainer', 'Dishwasher safe'],
  },
  {
    id: 'storage-jar',
    name: 'Storage jar',
    price: 4200,
    shape: 'jar',
    glaze: '#c58b3b',
    clay: '#e0c09c',
    blurb: 'For coffee, sugar or the good biscuits. The lid closes with a cork ring.',
    details: ['900 ml', '15 cm tall', 'Wipe the lid clean'],
  },
  {
    id: 'water-jug',
    name: 'Water jug',
    price: 4900,
    shape: 'jug',
    glaze: '#7a6a8e',
    clay: '#d8b591',
    blurb: 'A tall jug with a pinched spout, in a soft heather glaze that breaks blue at the rim.',
    details: ['1.2 l', '22 cm tall', CARE],
  },
]

export const product = (id: string) => CATALOGUE.find((item) => item.id === id)
