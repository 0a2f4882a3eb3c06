/**
 * The delivery region of a Dutch postcode, as the shipping page of old works it out.
 *
 * This is the bug that some visitors meet: written without its space, as `1012AB`, a good postcode does not match,
 * and reading the region from no match throws a TypeError. The one-page checkout tidies the postcode first.
 */
export function region(postcode: string): string {
  const match = /^(\d{2})\d{2} [A-Z]{2}$/.exec(postcode)
  return match![1]!
}

/** `1012ab` → `1012 AB`; undefined when it is no postcode. */
export function tidyPostcode(input: string): string | undefined {
  const [, digits, letters] = /^\s*(\d{4})\s*([a-z]{2})\s*$/i.exec(input) ?? []
  return digits && letters ? `${digits} ${letters.toUpperCase()}` : undefined
}
