#!/usr/bin/env node
import { cac } from 'cac'
import { Advice } from './advice'
import { dev } from './commands/dev'

const cli = cac('throughline')

cli
  .command('dev', 'Receive OpenTelemetry and show what it means, live')
  .option('--port <port>', 'Where OTLP and the live page are served', { default: 4318 })
  .option('--host <host>', 'The address to listen on', { default: '127.0.0.1' })
  .option('--data <folder>', 'Where the data is kept', { default: '.throughline' })
  .option('--config <file>', 'The journeys and hypotheses', { default: 'throughline.config.ts' })
  .action(dev)

cli.help()

async function main() {
  cli.parse(process.argv, { run: false })
  if (cli.matchedCommand) await cli.runMatchedCommand()
  else if (!cli.options.help) cli.outputHelp()
}

main().then(
  () => process.exit(process.exitCode ?? 0),
  (error: Error) => {
    const mine = error instanceof Advice || error.name === 'CACError'
    process.stderr.write(`throughline: ${mine ? error.message : error.stack}\n`)
    process.exit(1)
  },
)
