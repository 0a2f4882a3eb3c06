/**
 * State that there is once in a process. Bundlers and the two module formats make copies of this package: Next bundles
 * `instrumentation.ts` and each kind of route by itself.
 */
export function shared<T>(name: string, create: () => T): T {
  const key = Symbol.for(`throughline.node.${name}`)
  const all = globalThis as { [key]?: T }
  all[key] ??= create()
  return all[key]
}
