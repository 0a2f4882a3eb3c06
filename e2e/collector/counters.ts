/** Everything that a `/metrics` page has of series whose name and labels match: the sum of their values. */
export async function sumOf(url: string, series: RegExp): Promise<number> {
  const text = await (await fetch(url)).text()
  return text
    .split('\n')
    .filter((line) => !line.startsWith('#') && series.test(line))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}

/** What an exporter gave up, of spans and log records. */
export const GIVEN_UP = /^otelcol_exporter_send_failed_(spans|log_records)/
/** What an exporter has handed over. */
export const HANDED_OVER = /^otelcol_exporter_sent_(spans|log_records)/
/** What a full queue did not take. */
export const NOT_QUEUED = /^otelcol_exporter_enqueue_failed_(spans|log_records)/
