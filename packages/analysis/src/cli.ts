#!/usr/bin/env node
import { createRequire } from 'node:module'
import type { Command } from 'cac'
import { cac } from 'cac'
import { Advice } from './advice'
import { alerts } from './commands/alerts'
import { dev } from './commands/dev'
import { forgetOne } from './commands/forget'
import { importFiles } from './commands/import'
import { init } from './commands/init'
import { mark } from './commands/mark'
import { mcp } from './commands/mcp'
import { doctor, errors, hypothesis, part } from './commands/parts'
import { report } from './commands/report'
import { run, runs } from './commands/runs'
import { schema } from './commands/schema'
import { sql } from './commands/sql'
import { DATA_FAILURES, FAILURES } from './show/fail-on'

const cli = cac('throughline')

const CONFIG = 'throughline.config.ts'

/** Where the data of a question is. */
const asking = (command: Command) =>
  command
    .option('--data <folder>', 'Where the data is kept, if "throughline dev" was told')
    .option('--clickhouse <url>', 'Where the data is instead: http://user:password@host:8123/database')
    .option('--config <file>', 'The journeys and hypotheses', { default: CONFIG })

/** Which runs a question is about. */
const selecting = (command: Command) =>
  asking(command)
    .option('--journey <name>', 'Only this journey')
    .option('--since <time>', 'Only runs that started from here on: 7d (ago) or 2026-01-31')
    .option('--until <time>', 'Only runs that started before; hypotheses are judged as of then')
    .option('--timezone <zone>', 'What dates are meant in, such as Europe/Berlin', { default: 'UTC' })
    .option('--synthetic <how>', 'Crawlers and tests: exclude, include or only', { default: 'exclude' })
    .option('--where <key=value>', 'Only runs that match, such as browser=Firefox; any number of times')

/** A part of the report alone. */
const partOf = (command: Command) =>
  selecting(command)
    .option(
      '--by <key>',
      'Count each run, or each subject by its best run (run, subject); or break down by browser, release, … (twice for both)',
    )
    .option('--step <name>', 'Latency, errors and endpoints of this step alone')
    .option('--every <length>', 'Over time: hour, day or week')
    .option('--against <what>', 'What has changed: previous, a release, or 2026-01-01..2026-01-08')
    .option('--json', 'As JSON on standard output')
    .option('--csv', 'As CSV on standard output, one figure a line')

/** What can be told of telemetry that knows nothing of Throughline as well. */
const alsoOfExisting = (command: Command) =>
  partOf(command).option(
    '--from-existing',
    'From spans that know nothing of Throughline: steps by their addresses (at), runs by session.id',
  )

cli
  .command('init', 'Propose the files that instrument this project, as a diff')
  .option('--write', 'Write them')
  .example('throughline init --write')
  .action(init)

cli
  .command('dev', 'Receive OpenTelemetry and show what it means, live')
  .option('--port <port>', 'Where OTLP and the live page are served', { default: 4318 })
  .option('--host <host>', 'The address to listen on', { default: '127.0.0.1' })
  .option('--allow-host <name>', 'A further name that requests may ask for, such as host.docker.internal')
  .option('--allow-origin <origin>', 'Whose pages may send, besides those of this machine: https://shop.test')
  .option('--data <folder>', 'Where the data is kept, instead of a folder of its own for each project')
  .option('--keep <days>', 'Delete what is older, such as 90d')
  .option('--config <file>', 'The journeys and hypotheses', { default: CONFIG })
  .option('--timezone <zone>', 'What dates are meant in, such as Europe/Berlin', { default: 'UTC' })
  .option('--synthetic <how>', 'Crawlers and tests on the page: exclude, include or only', {
    default: 'exclude',
  })
  .option(
    '--as-of <time>',
    'For a recording: judge what is too old or too new as of then, such as 2026-01-31',
  )
  .example('throughline dev --port 4318')
  .action(dev)

alsoOfExisting(
  cli.command('report', 'Say what the data means: on the terminal, as JSON, CSV or as an HTML file'),
)
  .option('--html <file>', 'As one HTML file')
  .option('--fail-on <what>', `Exit with 1 at any of these, with 2 without data: ${FAILURES.join()}`)
  .example('throughline report --since 7d --html report.html')
  .example('throughline report --where device=mobile --by browser --every day')
  .example('throughline report --since 1d --fail-on refuted,readiness,loss')
  .example('throughline report --since 1d --from-existing --clickhouse http://default:@localhost:8123/otel')
  .action(report)

alsoOfExisting(cli.command('funnel', 'Show how far people come, and why they leave'))
  .example('throughline funnel --journey checkout --since 7d')
  .action(part('funnel'))

alsoOfExisting(cli.command('latency', 'Show conversion by latency of each step'))
  .example('throughline latency --since 7d')
  .action(part('latency'))

alsoOfExisting(cli.command('errors', 'Show what errors cost, and where they come from'))
  .option('--id <key>', 'All that is known of one error')
  .example('throughline errors --since 7d')
  .example('throughline errors --id 9c1185a5c5e9fc54')
  .action(errors)

alsoOfExisting(cli.command('endpoints', 'Show what slow and failing endpoints cost'))
  .example('throughline endpoints --since 7d')
  .action(part('endpoints'))

partOf(cli.command('hypothesis [id]', 'Show whether hypotheses hold: all, or one'))
  .example('throughline hypothesis one-page-payment')
  .action(hypothesis)

selecting(cli.command('doctor', 'Say what speaks against the numbers, and what to do about it'))
  .option('--json', 'As JSON on standard output')
  .option('--fail-on <what>', `Exit with 1 at any of these, with 2 without data: ${DATA_FAILURES.join()}`)
  .example('throughline doctor --since 1d')
  .example('throughline doctor --since 1d --fail-on invalid,loss')
  .action(doctor)

selecting(cli.command('runs', 'List the newest runs, and what became of each'))
  .option('--limit <count>', 'How many', { default: 20 })
  .option('--json', 'As JSON on standard output')
  .example('throughline runs --since 1d --limit 50')
  .action(runs)

asking(cli.command('run <id>', 'Show one run: steps, vitals, errors, requests, outcome, and what is missing'))
  .option('--timezone <zone>', 'What dates are meant in, such as Europe/Berlin', { default: 'UTC' })
  .option('--json', 'As JSON on standard output')
  .example('throughline run 0193f0a0-7e2c-7def-8abc-0123456789ab')
  .action(run)

asking(cli.command('sql <query>', 'Ask one SELECT over the tables and views, read only'))
  .option('--json', 'As JSON on standard output')
  .option('--limit <rows>', 'At most so many rows', { default: 1000 })
  .example('throughline sql "SELECT step, count() FROM throughline_visits GROUP BY step"')
  .action(sql)

asking(cli.command('mcp', 'Answer the questions of an agent over the Model Context Protocol, read only'))
  .example('throughline mcp --config throughline.config.ts')
  .action(mcp)

cli
  .command(
    'import [...files]',
    'Add recordings: OTLP as JSON, and traces exported from Jaeger or Tempo; gzipped or not',
  )
  .option('--data <folder>', 'Where the data is kept, if "throughline dev" was told')
  .option('--config <file>', 'The journeys and hypotheses', { default: CONFIG })
  .example('throughline import traces.jsonl jaeger.json.gz')
  .action(importFiles)

cli
  .command('mark <kind> <label>', 'Mark a deploy or an incident, which reports then show')
  .option('--from <time>', 'When it began: 30m (ago) or 2026-01-31T10:00; now if left out')
  .option('--to <time>', 'When an incident ended; it can be marked again once that is known')
  .option('--timezone <zone>', 'What times are meant in, such as Europe/Berlin', { default: 'UTC' })
  .option('--endpoint <url>', 'Where servers send OTLP, instead of the running "throughline dev"')
  .option('--data <folder>', 'Where "throughline dev" keeps its data, if it was told')
  .option('--config <file>', 'The journeys and hypotheses, which name the folder', { default: CONFIG })
  .example('throughline mark deploy 2.4.1')
  .example('throughline mark incident "card provider down" --from 2026-01-31T10:00 --to 2026-01-31T12:00')
  .action(mark)

cli
  .command('forget', 'Erase what is stored of a person or a run')
  .option('--subject <id>', 'A person, with all names that aliases link')
  .option('--run <id>', 'One run')
  .option('--data <folder>', 'Where the data is kept, if "throughline dev" was told')
  .option('--clickhouse <url>', 'Where the data is instead: http://user:password@host:8123/database')
  .option('--config <file>', 'The journeys and hypotheses, which name the folder', { default: CONFIG })
  .example('throughline forget --subject customer-4711')
  .action(forgetOne)

cli
  .command('schema', 'Print the tables and views, or create what is missing in a ClickHouse')
  .option('--clickhouse <url>', 'http://user:password@host:8123/database')
  .option('--cluster <name>', 'Print what makes them on a cluster: replicated, and sharded by run')
  .option('--keep <days>', 'Delete what is older, such as 90d; to be run each day')
  .example('throughline schema --clickhouse http://default:@localhost:8123/default')
  .action(schema)

cli
  .command('alerts', "Write Prometheus' alert rules and Grafana's dashboards for what is declared")
  .option('--out <folder>', 'Where to', { default: 'throughline-alerts' })
  .option('--config <file>', 'The journeys and hypotheses', { default: CONFIG })
  .example('throughline alerts --out monitoring')
  .action(alerts)

cli.help()
cli.version(createRequire(import.meta.url)('../package.json').version)

async function main() {
  cli.parse(process.argv, { run: false })
  if (cli.matchedCommand) await cli.runMatchedCommand()
  else if (cli.args.length > 0)
    throw new Advice(`there is no command "${cli.args[0]}"; see throughline --help`)
  else if (!cli.options.help && !cli.options.version) cli.outputHelp()
}

// A reader of the output, such as `head`, may have read enough: a command that prints ends then. One that serves goes
// on, also when its terminal was closed.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', () => {
    if (cli.matchedCommandName !== 'dev') process.exit(0)
  })

main().then(
  () => process.exit(process.exitCode ?? 0),
  (error: Error) => {
    const mine = /^(Advice|CACError)$/.test(error.name) || error.message.startsWith('throughline: ')
    process.stderr.write(`throughline: ${mine ? error.message.replace(/^throughline: /, '') : error.stack}\n`)
    process.exit(1)
  },
)
