// A shop of one page: a list of goods, then each click fetches, renders, and enters the next step.

/** What the page tells its telemetry. */
interface SetUp {
  enter(step: string): void
  ready(): void
}

interface Item {
  readonly name: string
  readonly price: number
}

const main = document.querySelector('main')!
const fetched = async (path: string): Promise<Item[]> => (await fetch(path)).json()

function render(step: string, items: Item[]) {
  main.replaceChildren(
    ...items.map(({ name, price }) => {
      const card = document.createElement('article')
      card.innerHTML = `<h2></h2><svg viewBox="0 0 9 9"><circle cx="4" cy="4" r="3"/></svg><p></p>`
      card.children[0]!.textContent = name
      card.children[2]!.textContent = `${price.toFixed(2)} €`
      return card
    }),
  )
  document.body.dataset.step = step
}

export function startApp({ enter, ready }: SetUp) {
  async function show(step: string) {
    enter(step)
    const [items] = await Promise.all(
      ['items', 'stock', 'offers'].map((what) => fetched(`/api/${what}?${step}`)),
    )
    render(step, items!)
    requestAnimationFrame(ready)
  }
  document.addEventListener('click', ({ target }) => {
    const { to } = (target as HTMLElement).dataset
    if (to) void show(to)
  })
  void show('product')
}
