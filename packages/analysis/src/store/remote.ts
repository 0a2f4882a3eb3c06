import { Advice } from '../advice'
import type { Engine } from '../engine'
import { parseRows } from './chdb'
import type { DevAddress } from './dev-address'

/** Asks the `throughline dev` that holds the data. It answers SELECTs; what would change something throws. */
export function openRemote({ url, token, pid }: DevAddress): Engine {
  const refuse = async () => {
    throw new Advice(`the data is in use by "throughline dev" at ${url} (process ${pid}); stop that first`)
  }
  return {
    temporaryTables: true,
    async query<Row>(sql: string, params = {}) {
      const asked = fetch(`${url}/api/query`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ sql, params }),
      })
      const gone = (): never => {
        throw new Advice(`"throughline dev" at ${url} (process ${pid}) ended while it was asked; try again`)
      }
      const response = await asked.catch(gone)
      const text = await response.text().catch(gone)
      if (!response.ok) throw new Error(text)
      return parseRows<Row>(text)
    },
    command: refuse,
    insert: refuse,
    async close() {},
  }
}
