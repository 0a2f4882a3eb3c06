/** Where in the checkout one is. */
export function Steps({ names, current }: { names: readonly string[]; current: number }) {
  return (
    <ol className="steps" aria-label="Checkout">
      {names.map((name, i) => (
        <li key={name} aria-current={i === current ? 'step' : undefined} data-done={i < current || undefined}>
          <span aria-hidden="true">{i < current ? '✓' : i + 1}</span>
          {name}
        </li>
      ))}
    </ol>
  )
}
