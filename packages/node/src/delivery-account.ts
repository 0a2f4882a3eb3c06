import { randomUUID } from 'node:crypto'
import type { HrTime } from '@opentelemetry/api'
import { attributes, SCHEMA_VERSION as CONTRACT } from '@throughline/core'
import { randomId } from './ids'
import type { KeptSpan } from './kept-span'
import { spanOf } from './kept-span'
import { shared } from './shared'

const { DELIVERY, DELIVERY_COUNT, EVENT_ID, EVENT_SOURCE, SCHEMA_VERSION } = attributes
const INSTANCE = 'service.instance.id'
const instance = shared('instance', () => randomUUID())

/** What became of this process's events: journey events, cumulative. */
export interface DeliveryCounts {
  /** Recorded by this process. */
  emitted: number
  /** Of those, what the exporter has taken. */
  delivered: number
  /** Of those, what the endpoint does not want. */
  refused: number
  /** Of those, what there was no room for. */
  dropped: number
  /** How often something was sent again. */
  retried: number
  /** Taken, of what an earlier process left in the file; counted as emitted by that one. */
  recovered: number
}

const hrTime = (ms: number): HrTime => [Math.floor(ms / 1000), Math.floor((ms % 1000) * 1e6)]

/**
 * What an instance says became of its events: `throughline.delivery`, by the `service.instance.id` of its resource.
 *
 * @param like a span of this process, whose resource and scope it shares
 */
export function accountSpan(counts: DeliveryCounts, like: KeptSpan): KeptSpan {
  const { emitted, delivered, refused, dropped } = counts
  const all = { ...counts, pending: emitted - delivered - refused - dropped }
  const time = hrTime(Date.now())
  const { resource } = like
  return spanOf({
    name: DELIVERY,
    kind: 0,
    ...{ startTime: time, endTime: time, instrumentationScope: like.instrumentationScope },
    resource: resource.attributes[INSTANCE]
      ? resource
      : { ...resource, attributes: { ...resource.attributes, [INSTANCE]: instance } },
    context: { traceId: randomId(), spanId: randomId().slice(16), traceFlags: 1 },
    attributes: {
      ...{ [EVENT_ID]: randomId(), [EVENT_SOURCE]: 'server', [SCHEMA_VERSION]: CONTRACT },
      ...Object.fromEntries(Object.entries(all).map(([name, count]) => [DELIVERY_COUNT + name, count])),
    },
  })
}
