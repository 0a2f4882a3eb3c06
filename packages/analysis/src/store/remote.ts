import { Advice } from '../advice'
import type { Store } from '../engine'
import type { Forgotten, Whom } from '../forget'
import type { DevAddress } from './dev-address'
import { formatRows, parseRows } from './rows'

async function post(
  { url, token, pid }: DevAddress,
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
): Promise<{ readonly status: number; readonly text: string }> {
  const asked = fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body,
  })
  const gone = (): never => {
    throw new Advice(`"throughline dev" at ${url} (process ${pid}) ended while it was asked; try again`)
  }
  const { status, text } = await asked
    .then(async (response) => ({ status: response.status, text: await response.text() }))
    .catch(gone)
  return { status, text }
}

/**
 * Has the `throughline dev` that holds the data erase a person or a run.
 *
 * @throws Advice when it cannot, or nothing is stored of it
 */
export async function askToForget(dev: DevAddress, whom: Whom): Promise<Forgotten> {
  const { status, text } = await post(dev, '/api/forget', JSON.stringify(whom))
  if (status !== 200) throw new Advice(text)
  return JSON.parse(text)
}

/**
 * Asks the `throughline dev` that holds the data. It answers SELECTs and takes rows; what would change something else
 * throws.
 */
export function openRemote(dev: DevAddress): Store {
  const { url, pid } = dev
  const refuse = async () => {
    throw new Advice(`the data is in use by "throughline dev" at ${url} (process ${pid}); stop that first`)
  }
  async function ask(path: string, body: string | Uint8Array<ArrayBuffer>): Promise<string> {
    const { status, text } = await post(dev, path, body)
    if (status >= 300) throw new Error(text)
    return text
  }
  const append: Store['append'] = async (table, lines) => {
    await ask(`/api/rows?table=${table}`, new Uint8Array(lines))
  }
  return {
    keeper: {
      keep: (sql, params = {}) => ask('/api/keep', JSON.stringify({ sql, params })),
      async drop(table) {
        await ask('/api/drop', JSON.stringify({ table }))
      },
    },
    query: async <Row>(sql: string, params = {}) =>
      parseRows<Row>(await ask('/api/query', JSON.stringify({ sql, params }))),
    command: refuse,
    append,
    insert: (table, rows) => append(table, formatRows(rows)),
    async close() {},
  }
}
