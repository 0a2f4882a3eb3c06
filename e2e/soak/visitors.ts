import { setTimeout as sleep } from 'node:timers/promises'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import type { tracing } from '@opentelemetry/sdk-node'
import { crowd } from '../../examples/shop/visitors/browser.ts'
import { person, plan } from '../../examples/shop/visitors/truth.ts'
import { visit } from '../../examples/shop/visitors/visitor.ts'
import type { Random } from './random.ts'

const AT_ONCE = 12

/** Sends again what was not taken, as a page's outbox does. */
function persistent(exporter: OTLPTraceExporter) {
  let waiting = 0
  const persist: tracing.SpanExporter = {
    export(spans, done) {
      waiting++
      const attempt = () =>
        exporter.export(spans, (result) => {
          if (result.code !== 0) return void setTimeout(attempt, 1000)
          waiting--
          done(result)
        })
      attempt()
    },
    shutdown: async () => {},
    forceFlush: async () => {},
  }
  return { persist, waiting: () => waiting }
}

/**
 * Sends visitors through a shop until `isOver`, and then until all that they sent is taken.
 *
 * @param emit hears of each event's id before it is sent
 */
export async function sendVisitors(
  options: { readonly shop: string; readonly otlp: string; readonly seed: string; readonly random: Random },
  emit: (id: string, page: string) => void,
  isOver: () => boolean,
): Promise<{ readonly came: number; readonly gaveUp: number }> {
  const { shop, otlp, seed, random } = options
  const exporter = new OTLPTraceExporter({ url: `${otlp}/v1/traces`, headers: { origin: shop } })
  const { persist, waiting } = persistent(exporter)
  const { browse, close } = crowd(shop, otlp, persist)
  const here = new Set<Promise<void>>()
  let came = 0
  let gaveUp = 0
  for (; !isOver(); await sleep(random.between(50, 500))) {
    if (here.size >= AT_ONCE) continue
    const who = person(seed, came++)
    const browser = browse(who)
    browser.tracker.subscribe(({ attributes }) =>
      emit(attributes['throughline.event.id'] as string, who.subject),
    )
    const visited = visit(who, plan(who), browser)
      // The shop was killed.
      .catch(() => void gaveUp++)
      .finally(() => here.delete(visited))
    here.add(visited)
  }
  await Promise.all(here)
  await close()
  while (waiting() > 0) await sleep(100)
  return { came, gaveUp }
}
