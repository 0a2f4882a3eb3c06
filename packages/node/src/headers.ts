import type { TextMapGetter } from '@opentelemetry/api'

/** Headers of a request: a web `Headers`, or an object as Node has it. */
export type RequestHeaders =
  | { get(name: string): string | null }
  | { readonly [name: string]: string | readonly string[] | undefined }

const isWeb = (headers: RequestHeaders): headers is { get(name: string): string | null } =>
  typeof headers.get === 'function'

/** Reads headers of either kind. */
export const headerGetter: TextMapGetter<RequestHeaders> = {
  get: (headers, name) =>
    isWeb(headers) ? (headers.get(name) ?? undefined) : (headers[name] as string | string[] | undefined),
  keys: (headers) => (isWeb(headers) ? [...(headers as Headers).keys()] : Object.keys(headers)),
}
