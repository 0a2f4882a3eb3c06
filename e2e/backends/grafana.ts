// What Grafana and its plugins do with a dashboard before they ask: the queries of its panels, with the values of
// variables and macros in their places.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Model {
  readonly title: string
  readonly templating: { readonly list: { name: string; options?: { value: string }[] }[] }
  readonly panels: readonly {
    type: string
    title: string
    targets?: { refId: string; rawSql?: string; expr?: string }[]
  }[]
}

/** A query of a panel, for one value of the variable `step` if the dashboard has it. */
export interface PanelQuery {
  readonly dashboard: string
  readonly panel: string
  readonly step: string | undefined
  readonly query: string
}

/** All queries of the dashboards in a folder whose files begin with `source`. */
export const panelQueries = (folder: string, source: 'clickhouse' | 'prometheus'): PanelQuery[] =>
  readdirSync(folder)
    .filter((file) => file.startsWith(`${source}-`))
    .flatMap((file) => {
      const model: Model = JSON.parse(readFileSync(join(folder, file), 'utf8'))
      const steps = model.templating.list.find(({ name }) => name === 'step')?.options ?? [undefined]
      return steps.flatMap((option) =>
        model.panels.flatMap(({ title, targets = [] }) =>
          targets.map(({ rawSql, expr }) => ({
            dashboard: file,
            panel: title,
            step: option?.value,
            query: (rawSql ?? expr!).replaceAll(/\$\{step\}|\$step\b/g, option?.value ?? ''),
          })),
        ),
      )
    })

/** The macros of grafana-clickhouse-datasource 4. Seconds since the epoch. */
export const expandClickhouse = (query: string, from: number, to: number, interval: number): string =>
  query
    .replaceAll('$__fromTime', `toDateTime(${from})`)
    .replaceAll('$__toTime', `toDateTime(${to})`)
    .replaceAll(/\$__timeFilter\((\w+)\)/g, `$1 >= toDateTime(${from}) AND $1 <= toDateTime(${to})`)
    .replaceAll(
      /\$__timeInterval\((\w+)\)/g,
      `toStartOfInterval(toDateTime($1), INTERVAL ${interval} second)`,
    )

/** The variables of Grafana's Prometheus data source. */
export const expandPrometheus = (query: string, range: string, interval: string): string =>
  query.replaceAll('$__rate_interval', interval).replaceAll('$__range', range)
