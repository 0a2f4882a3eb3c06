import type { QueryParams } from '../engine'

// The driver binds parameters for the whole process, so that queries that have any wait for each other. Written as
// literals of their types they are of one query alone.

type Param = QueryParams[string] | readonly number[]

const CONTROL: Readonly<Record<string, string>> = { '\\': '\\\\', "'": "\\'", '\0': '\\0' }

const literal = (value: Param): string => {
  if (typeof value === 'string') return `'${value.replaceAll(/[\\'\0]/g, (one) => CONTROL[one]!)}'`
  if (typeof value !== 'number') return `[${value.map((one: Param) => literal(one)).join()}]`
  return Number.isFinite(value) ? `${value}` : value < 0 ? '-inf' : value > 0 ? 'inf' : 'nan'
}

/**
 * Writes parameters into a query.
 *
 * @param sql with a place `{name:Type}` for each; what is not a parameter's stays as it is
 * @example
 * bind("SELECT {names:Array(String)}", { names: ["it's"] }) // SELECT CAST(['it\'s'], 'Array(String)')
 */
export const bind = (sql: string, params: QueryParams): string =>
  sql.replaceAll(/\{(\w+):([\w(), ]+)\}/g, (place, name: string, type: string) => {
    const value = params[name]
    return value === undefined ? place : `CAST(${literal(value)}, '${type}')`
  })
