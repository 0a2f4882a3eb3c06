// The services in Go and Java: how to start them, built first if need be.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { keptFolder } from '../../scripts/kept.ts'
import { runCommand } from '../../scripts/processes.ts'
import { mavenLibraries } from '../maven.ts'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const read = (...paths: string[]) => paths.map((path) => readFileSync(at(path), 'utf8')).join('\n')

export interface Command {
  readonly command: string
  readonly args: readonly string[]
}

/** @throws Error when there is no Go, or its modules are not to be had */
export async function buildGo(): Promise<Command> {
  const folder = await keptFolder('go', read('go/main.go', 'go/go.mod', 'go/go.sum'), (aside) =>
    runCommand('go', ['build', '-o', join(aside, 'service'), '.'], { cwd: at('go') }),
  )
  return { command: join(folder, 'service'), args: [] }
}

/** The folder with the libraries of `java/pom.xml`. */
const javaLibraries = () => mavenLibraries('java', at('java/pom.xml'))

/** @throws Error when there is no JDK with Maven, or its libraries are not to be had */
export async function buildJava(): Promise<Command> {
  // The agent's own classes must not come before those of the SDK.
  const folder = await javaLibraries()
  const libraries = globSync('*.jar', { cwd: folder }).filter((jar) => !jar.includes('javaagent'))
  return {
    command: 'java',
    args: ['-cp', libraries.map((jar) => join(folder, jar)).join(':'), at('java/Service.java')],
  }
}

/** A service with the agent, which takes the patterns that the guide gives. */
export async function buildJavaWithAgent(): Promise<Command> {
  const guide = read('../../docs/guides/other-languages.md')
  const patterns = /SPAN_ATTRIBUTES_COPY_FROM_BAGGAGE_INCLUDE='([^']+)'/.exec(guide)![1]!
  const settings = {
    'otel.java.experimental.span-attributes.copy-from-baggage.include': patterns,
    'otel.metrics.exporter': 'none',
    'otel.logs.exporter': 'none',
    'otel.bsp.schedule.delay': '100',
    // Java runs the file itself, which the agent takes for a tool of the JDK.
    'otel.javaagent.enabled': 'true',
  }
  const [agent] = globSync('opentelemetry-javaagent-*.jar', { cwd: await javaLibraries() })
  return {
    command: 'java',
    args: [
      `-javaagent:${join(await javaLibraries(), agent!)}`,
      ...Object.entries(settings).map(([name, value]) => `-D${name}=${value}`),
      at('java/Stock.java'),
    ],
  }
}
