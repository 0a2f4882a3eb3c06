import { createHash, randomBytes } from 'node:crypto'
import { Advice } from '../advice'
import { checkTimeZone, parseMoment } from '../ask/calendar'
import { defaultDataFolder } from '../data-folder'
import { runningDev } from '../store/dev-address'

export interface MarkFlags {
  readonly from?: string | number
  readonly to?: string | number
  readonly timezone: string
  readonly endpoint?: string
  readonly data?: string
  readonly config: string
}

const KINDS = ['deploy', 'incident'] as const
const LONGEST_LABEL = 200
/** How long an endpoint may take, in ms. */
const PATIENCE = 30_000

/** As OTLP writes attributes; servers' words are believed of a mark alone. */
const attributes = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } }))

/** The request that says what happened when. The same mark is the same event, whenever it is sent again. */
export function markRequest(kind: string, label: string, from: Date, to: Date | undefined) {
  const at = `${from.getTime()}000000`
  const id = createHash('sha256')
    .update(JSON.stringify([kind, label, at]))
    .digest('hex')
    .slice(0, 32)
  const span = {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    name: 'throughline.mark',
    kind: 1,
    startTimeUnixNano: at,
    endTimeUnixNano: at,
    attributes: attributes({
      'throughline.event.id': id,
      'throughline.event.source': 'server',
      'throughline.mark.kind': kind,
      'throughline.mark.label': label,
      ...(to && { 'throughline.mark.end': `${to.getTime()}` }),
    }),
  }
  const resource = {
    attributes: attributes({ 'service.name': 'throughline-mark', 'throughline.schema.version': '2' }),
  }
  return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'throughline' }, spans: [span] }] }] }
}

async function endpointOf({ endpoint, data, config }: MarkFlags): Promise<string> {
  const given = endpoint ?? process.env.OTEL_EXPORTER_OTLP_ENDPOINT
  if (given) return given
  const dev = await runningDev(data ?? defaultDataFolder(config))
  if (dev) return dev.url
  throw new Advice(
    'no "throughline dev" is running here: start it, or say where servers send OTLP with --endpoint',
  )
}

/** Headers as OpenTelemetry's exporters take them from the environment: `key=value,key=value`, percent-encoded. */
function headersOf({ OTEL_EXPORTER_OTLP_HEADERS: given = '', THROUGHLINE_TOKEN: token }: NodeJS.ProcessEnv) {
  const pairs = given.split(',').flatMap((pair) => {
    const [, name, value] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(pair) ?? []
    return name ? [[name.toLowerCase(), decodeURIComponent(value!)] as const] : []
  })
  return { ...(token && { authorization: `Bearer ${token}` }), ...Object.fromEntries(pairs) }
}

async function send(url: string, request: object): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headersOf(process.env) },
    body: JSON.stringify(request),
    signal: AbortSignal.timeout(PATIENCE),
  }).catch((error: Error) => {
    throw new Advice(
      `${url} does not answer: ${(error.cause as Error | undefined)?.message ?? error.message}`,
    )
  })
  const text = await response.text()
  if (!response.ok) throw new Advice(`${url} answers ${response.status}: ${text.slice(0, 300)}`)
  let refused: { rejectedSpans?: number | string; errorMessage?: string } | undefined
  try {
    refused = JSON.parse(text || '{}').partialSuccess
  } catch {
    throw new Advice(`${url} does not answer as an OTLP endpoint does`)
  }
  if (Number(refused?.rejectedSpans ?? 0) > 0)
    throw new Advice(`${url} did not take the mark: ${refused?.errorMessage ?? 'it does not say why'}`)
}

function pathOf(endpoint: string): string {
  try {
    const url = new URL(endpoint)
    if (!url.pathname.endsWith('/v1/traces')) url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/traces`
    return url.href
  } catch {
    throw new Advice(`--endpoint is "${endpoint}"; give one such as http://127.0.0.1:4318`)
  }
}

/** `throughline mark KIND LABEL`: tells the endpoint of servers what happened, for reports to show. */
export async function mark(kind: string, label: string, flags: MarkFlags): Promise<void> {
  if (!KINDS.some((one) => one === kind))
    throw new Advice(`there is no mark "${kind}"; write ${KINDS.join(' or ')}`)
  const text = String(label).trim()
  if (text === '' || text.length > LONGEST_LABEL)
    throw new Advice(`a mark needs a label of at most ${LONGEST_LABEL} characters`)
  const now = new Date()
  const timeZone = checkTimeZone(flags.timezone)
  const read = (time: string | number, what: string) => parseMoment(String(time), what, now, timeZone)
  const from = flags.from === undefined ? now : read(flags.from, '--from')
  const to = flags.to === undefined ? undefined : read(flags.to, '--to')
  if (to && kind === 'deploy') throw new Advice('a deploy is a moment: it has no --to')
  if (to && to <= from) throw new Advice('--to does not lie after --from')
  const url = pathOf(await endpointOf(flags))
  await send(url, markRequest(kind, text, from, to))
  console.log(`marked ${kind} ${text}: ${from.toISOString()}${to ? ` to ${to.toISOString()}` : ''}`)
}
