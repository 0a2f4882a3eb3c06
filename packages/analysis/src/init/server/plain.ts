import { posix } from 'node:path'
import { importOf } from '../import-of'
import type { Project } from '../project'
import { moduleAt } from '../project'
import type { Server } from './find'
import { endingOfImports } from './find'
import type { Definitions, ServerSide } from './side'
import { confirmed, HTTP, HTTP_PACKAGE, processors } from './side'
import { SDK, telemetryFile, toCommonJs } from './telemetry-file'

/** How a server takes the journey of its requests: what is imported, from where, and the call. */
const CALLS: Readonly<Record<string, readonly [name: string, from: string, call: string]>> = {
  express: ['throughline', '@throughline/node', 'app.use(throughline(DEFINITIONS)) // before the routes'],
  fastify: [
    'throughline',
    '@throughline/node/fastify',
    'app.register(throughline(DEFINITIONS)) // before the routes',
  ],
  koa: ['throughline', '@throughline/node/koa', 'app.use(throughline(DEFINITIONS)) // before the routes'],
  hono: ['throughline', '@throughline/node/hono', 'app.use(throughline(DEFINITIONS)) // before the routes'],
  nest: ['throughline', '@throughline/node', 'app.use(throughline(DEFINITIONS)) // before app.listen()'],
  'nest on fastify': [
    'throughline',
    '@throughline/node/fastify',
    'await app.register(throughline(DEFINITIONS)) // before app.listen()',
  ],
  http: [
    'withJourney',
    '@throughline/node',
    'createServer(withJourney(DEFINITIONS, (request, response) => …)) // around your handler',
  ],
}

/** Pages load an ES module, whatever the server's own files are. */
const endingFor = (project: Project, { isPlain, hasPages }: Definitions) =>
  isPlain || (hasPages && !project.isTyped) ? '.js' : endingOfImports(project)

function kindOf(project: Project, { name, entry }: Server): string {
  if (name !== '@nestjs/core') return name
  const isOnFastify = entry
    ? project.read(entry).includes('FastifyAdapter')
    : !project.uses.has('@nestjs/platform-express')
  return isOnFastify ? 'nest on fastify' : 'nest'
}

function linesFor(project: Project, server: Server, definitions: Definitions): string {
  const { constant, journeys } = definitions
  const [name, from, call] = CALLS[kindOf(project, server)]!
  const near = server.entry ?? journeys
  const path = importOf(near, journeys, endingFor(project, definitions))
  const lines = `import { ${constant} } from '${path}'
import { ${name} } from '${from}'
${call.replace('DEFINITIONS', `{ journeys: [${constant}] }`)}`
  const isCommonJs = !project.isModule && !project.isTyped
  const note =
    isCommonJs && definitions.hasPages
      ? `\n\n${path} is an ES module: require() takes it from Node 20.19 and 22.12 on.`
      : ''
  return `In ${server.entry ?? `your ${server.name} server`}:\n\n${isCommonJs ? toCommonJs(lines) : lines}${note}`
}

/** A file that sets OpenTelemetry up, and the line of each server. */
export function forServers(
  project: Project,
  servers: readonly Server[],
  definitions: Definitions,
): ServerSide {
  const { constant, journeys, isPlain, hasPages } = definitions
  const { isTyped, isModule } = project
  const folder = servers.find(({ entry }) => entry)?.entry ?? journeys
  const stem = posix.join(posix.dirname(isPlain && folder === journeys ? '.' : folder), 'telemetry')
  // What pages load is an ES module, whatever the server's own files are.
  const isScript = !isTyped && !isModule && hasPages
  const first = moduleAt(project, stem, isTyped ? '.ts' : isScript ? '.mjs' : '.js')
  const isEsm = isModule || isScript
  const express = project.uses.has('express')
  const isBuilt = isTyped && endingOfImports(project) !== '.ts'
  const how = `node ${isEsm ? '--import' : '--require'} ${isBuilt ? 'with the file that it is built to' : `./${first}`}`
  const text = telemetryFile({
    loaded: `// Loaded before everything else: ${how}`,
    service: project.name,
    constant,
    journeys: importOf(first, journeys, endingFor(project, definitions)),
    isHooked: isEsm,
    instrumentations: {
      ...(express && { ExpressInstrumentation: '@opentelemetry/instrumentation-express' }),
      ...HTTP,
    },
    hasPages,
    isStopped: true,
  })
  const isThere = project.has(first) || project.uses.has('@opentelemetry/sdk-node')
  return {
    made: isThere ? [] : [{ file: first, added: isEsm || isTyped ? text : toCommonJs(text) }],
    ahead: [],
    packages: [
      ...(isThere ? SDK.slice(0, 3) : SDK),
      ...(isThere ? [] : [HTTP_PACKAGE]),
      ...(isThere || !isEsm ? [] : ['@opentelemetry/instrumentation@~0.223']),
      ...(isThere || !express ? [] : ['@opentelemetry/instrumentation-express@~0.71']),
    ],
    next: [
      isThere
        ? `The server has OpenTelemetry already${project.has(first) ? ` (${first})` : ''}: add to its set-up\n\n${processors(constant)}`
        : `Load ${first} before everything else: ${how}`,
      ...servers.map((server) => linesFor(project, server, definitions)),
      confirmed(constant, 'POST /orders'),
    ],
  }
}
