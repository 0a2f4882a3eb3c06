import { harmless } from '../../format'

/** Text that is HTML already. Everything else is escaped when it is put into HTML. */
export interface Markup {
  readonly markup: string
}

type Part = Markup | string | number | false | null | undefined | readonly Part[]

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** A number also keeps its percent sign on the line. */
const escaped = (text: string) =>
  harmless(text)
    .replace(/[&<>"']/g, (character) => ENTITIES[character]!)
    .replace(/(\d) %/g, '$1\u00a0%')

function write(part: Part): string {
  if (part === false || part === null || part === undefined) return ''
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part))
  return 'markup' in part ? part.markup : part.map(write).join('')
}

/** HTML with values in it; the values are escaped unless they were made by `html` themselves. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Markup => ({
  markup: strings.map((text, at) => (at === 0 ? text : write(parts[at - 1]) + text)).join(''),
})

/** Declares a text of our own to be HTML: the style sheet, the script. Never text from data. */
export const trusted = (markup: string): Markup => ({ markup })

/** An id for an anchor. */
export const anchor = (kind: string, name: string) => `${kind}-${name.replace(/[^\w-]+/g, '-').slice(0, 80)}`
