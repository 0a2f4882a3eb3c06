import { Advice } from '../advice'
import type { Definitions } from '../config'
import type { Engine } from '../engine'
import type { Arguments } from './tools'
import { TOOLS } from './tools'
import { boundedJson, NOTICE } from './untrusted'

/** The protocol's own kit, which is an optional peer: it brings a web server and more along. */
async function loadKit() {
  try {
    const [{ Server }, { StdioServerTransport }, schemas] = await Promise.all([
      import('@modelcontextprotocol/sdk/server/index.js'),
      import('@modelcontextprotocol/sdk/server/stdio.js'),
      import('@modelcontextprotocol/sdk/types.js'),
    ])
    return { Server, StdioServerTransport, ...schemas }
  } catch (error) {
    if (!/ERR_MODULE_NOT_FOUND|MODULE_NOT_FOUND/.test((error as NodeJS.ErrnoException).code ?? ''))
      throw error
    throw new Advice(
      'the Model Context Protocol is not installed: run "npm install --save-dev @modelcontextprotocol/sdk"',
    )
  }
}

/** What a server answers with. */
export interface McpOptions {
  readonly definitions: Definitions
  readonly version: string
  /** Opens the data for one question. */
  ask<Answer>(question: (engine: Engine) => Promise<Answer>): Promise<Answer>
}

const failed = (error: Error) =>
  error instanceof Advice || error.message.startsWith('throughline: ') ? error.message : 'the question failed'

/**
 * Answers an agent over standard input and output until it goes. Read only.
 *
 * @throws Advice when the protocol's kit is not installed
 */
export async function serveMcp({ definitions, version, ask }: McpOptions): Promise<void> {
  const { Server, StdioServerTransport, CallToolRequestSchema, ListToolsRequestSchema } = await loadKit()
  const server = new Server(
    { name: 'throughline', version },
    { capabilities: { tools: {} }, instructions: NOTICE },
  )
  server.setRequestHandler(ListToolsRequestSchema, async () => ({
    tools: TOOLS.map(({ name, description, inputSchema }) => ({
      name,
      description,
      inputSchema: { ...inputSchema, properties: { ...inputSchema.properties } },
      annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    })),
  }))
  // One question at a time: a folder belongs to one reader.
  let last: Promise<unknown> = Promise.resolve()
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    const say = (text: string, isError = false) => ({ content: [{ type: 'text' as const, text }], isError })
    const tool = TOOLS.find(({ name }) => name === params.name)
    if (!tool) return say(`there is no tool "${params.name}"`, true)
    const given: Arguments = params.arguments ?? {}
    const unknown = Object.keys(given).find((name) => !Object.hasOwn(tool.inputSchema.properties, name))
    if (unknown !== undefined) return say(`${tool.name} takes no "${unknown.slice(0, 50)}"`, true)
    const answer = last.then(() => ask((engine) => tool.answer(engine, definitions, given)))
    last = answer.catch(() => {})
    return answer.then(
      (data) => ({
        content: [
          { type: 'text' as const, text: NOTICE },
          { type: 'text' as const, text: boundedJson(data) },
        ],
      }),
      (error: Error) => say(failed(error), true),
    )
  })
  const transport = new StdioServerTransport()
  const closed = new Promise<void>((resolve) => {
    server.onclose = resolve
    // The transport does not tell when the agent goes.
    process.stdin.once('end', resolve)
    process.stdin.once('close', resolve)
  })
  await server.connect(transport)
  await closed
  await last
}
