import { Advice } from '../advice'
import type { Store } from '../engine'
import { formatRows, parseRows } from './chdb'
import type { DevAddress } from './dev-address'

/**
 * Asks the `throughline dev` that holds the data. It answers SELECTs and takes rows; what would change something else
 * throws.
 */
export function openRemote({ url, token, pid }: DevAddress): Store {
  const refuse = async () => {
    throw new Advice(`the data is in use by "throughline dev" at ${url} (process ${pid}); stop that first`)
  }
  async function post(path: string, body: string | Uint8Array<ArrayBuffer>): Promise<string> {
    const asked = fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body,
    })
    const gone = (): never => {
      throw new Advice(`"throughline dev" at ${url} (process ${pid}) ended while it was asked; try again`)
    }
    const response = await asked.catch(gone)
    const text = await response.text().catch(gone)
    if (!response.ok) throw new Error(text)
    return text
  }
  const append: Store['append'] = async (table, lines) => {
    await post(`/api/rows?table=${table}`, new Uint8Array(lines))
  }
  return {
    temporaryTables: true,
    query: async <Row>(sql: string, params = {}) =>
      parseRows<Row>(await post('/api/query', JSON.stringify({ sql, params }))),
    command: refuse,
    append,
    insert: (table, rows) => append(table, formatRows(rows)),
    async close() {},
  }
}
