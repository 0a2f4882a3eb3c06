/** An unsigned integer, seven bits a byte, as Native has its counts and lengths. */
function varUint(value: number): Buffer {
  const bytes: number[] = []
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) + 128)
  return Buffer.from([...bytes, value])
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([varUint(bytes.length), bytes])
}

function uint32(value: string): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(Number(value))
  return bytes
}

const WRITERS: Record<string, (value: string) => Buffer> = { String: text, UInt32: uint32 }

/** What stands before a block for a client of protocol version 54460: no overflows, no bucket. */
const BLOCK_INFO = Buffer.from([1, 0, 2, 0xff, 0xff, 0xff, 0xff, 0])

/**
 * Rows in ClickHouse's Native format, with the headers that a driver of protocol version 54460 expects.
 *
 * @throws TypeError when a column is neither String nor UInt32, which is all that drivers ask about themselves
 */
export function nativeBlock(
  names: readonly string[],
  types: readonly string[],
  rows: readonly (readonly string[])[],
): Buffer {
  const columns = names.flatMap((name, index) => {
    const type = types[index]!
    const write = WRITERS[type]
    if (!write) throw new TypeError(`Native with a column of type ${type} is not written here`)
    const usualSerialization = Buffer.of(0)
    return [text(name), text(type), usualSerialization, ...rows.map((row) => write(row[index]!))]
  })
  return Buffer.concat([BLOCK_INFO, varUint(names.length), varUint(rows.length), ...columns])
}
