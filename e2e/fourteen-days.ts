import type { Engine } from '@throughline/analysis'
import { isSlow } from '../examples/shop/gateway/mood.ts'
import { CROWD, chance, person } from '../examples/shop/visitors/truth.ts'

// The crowd of the shop's simulation comes within a minute. Here its runs are moved to fourteen days, so that there is
// a release, an incident and a browser to be found, of which the truth is known: everything that happens to a visitor
// follows from the visitor's id, so whom the gateway keeps waiting can be sent to the days of the slow release.

const [HOUR, DAY] = [36e5, 864e5]
const DAYS = 14
/** The days of the release that opens payment slowly. */
const SLOW_DAYS = [5, 6]
const INCIDENT = { day: 9, from: 10, to: 14 }
/** Of one variant, the leaves of one run in four never arrive: nothing that is compared hangs on them. */
const LOST = `SpanName = 'throughline.step.leave'
  AND SpanAttributes['throughline.hypothesis.one-page-payment'] = 'one-page'
  AND cityHash64(SpanAttributes['throughline.run.id']) % 4 = 0`
export const [SLOW_RELEASE, GOOD_RELEASE] = ['2.4.1', '2.4.0']

/** When and with what each visitor came, and what is true of it. */
interface Placed {
  readonly subject: string
  readonly at: number
  readonly browser: string
  readonly release: string
  /** During the incident every second visitor did not come, and nobody could pay. */
  readonly fate: 'came' | 'missing' | 'unserved'
  readonly chance: number
  readonly unspaced: boolean
}

/** Where everybody of the crowd goes. `start` is the midnight (UTC) at which the first day begins. */
function place(start: number): Placed[] {
  const people = Array.from({ length: CROWD.visitors }, (_, index) => person(CROWD.seed, index))
  const perDay = Math.floor(CROWD.visitors / DAYS)
  const [slow, quick] = [true, false].map((one) => people.filter(({ subject }) => isSlow(subject) === one))
  const chosen = slow!.slice(0, perDay * SLOW_DAYS.length)
  const others = [...slow!.slice(chosen.length), ...quick!].sort((a, b) => (a.subject < b.subject ? -1 : 1))
  const usual = Array.from({ length: DAYS }, (_, day) => day).filter((day) => !SLOW_DAYS.includes(day))
  const put = (group: typeof people, days: readonly number[], release: string) =>
    group.map((who, index): Placed => {
      const day = days[index % days.length]!
      const place = Math.floor(index / days.length)
      const hour = place % 24
      const isHit = day === INCIDENT.day && hour >= INCIDENT.from && hour < INCIDENT.to
      return {
        subject: who.subject,
        at: start + day * DAY + hour * HOUR + ((place * 7919) % 3000) * 1000,
        // Who leaves out the space of the postcode has the browser whose keyboard does not offer it.
        browser: who.unspaced ? 'Safari' : index % 3 ? 'Chrome' : 'Firefox',
        release,
        fate: isHit ? (Math.floor(place / 24) % 2 ? 'missing' : 'unserved') : 'came',
        chance: chance(who, 'product'),
        unspaced: who.unspaced,
      }
    })
  return [...put(chosen, SLOW_DAYS, SLOW_RELEASE), ...put(others, usual, GOOD_RELEASE)]
}

/** What is true of the fourteen days. */
export interface Fortnight {
  readonly start: number
  readonly end: number
  readonly slowDays: readonly number[]
  readonly incident: { readonly from: number; readonly to: number }
  /** Runs that never began, and conversions that there were not. */
  readonly missing: { readonly runs: number; readonly conversions: number }
  /** Events of one variant that never arrived. */
  readonly lost: { readonly events: number; readonly pages: number }
  /** How many came on each day of the slow release, and on any other. */
  readonly perDay: { readonly slow: number; readonly good: number }
  /** How likely those of each release were to convert. */
  readonly chances: { readonly slow: number; readonly good: number }
}

const quoted = (text: string) => `'${text}'`

/** Moves what is stored, and makes every table anew from it. */
export async function spreadOverDays(engine: Engine, start: number): Promise<Fortnight> {
  const placed = new Map(place(start).map((one) => [one.subject, one]))
  const runs = await engine.query<{ run: string; subject: string; began: number }>(
    `SELECT SpanAttributes['throughline.run.id'] AS run, any(SpanAttributes['throughline.subject.id']) AS subject,
       toUnixTimestamp64Milli(UUIDv7ToDateTime(toUUID(run), 'UTC')) AS began
     FROM otel_traces WHERE SpanName = 'throughline.step.enter' AND SpanAttributes['throughline.subject.id'] != '' GROUP BY run`,
  )
  const rows = runs.flatMap(({ run, subject, began }) => {
    const one = placed.get(subject)
    if (!one || one.fate === 'missing') return []
    const time = one.at.toString(16).padStart(12, '0')
    const next = `${time.slice(0, 8)}-${time.slice(8)}${run.slice(13)}`
    const values = [run, next, one.browser, one.release].map(quoted)
    return [`(${values.join(', ')}, ${one.at - began}, ${Number(one.fate === 'unserved')})`]
  })
  await engine.command(
    'CREATE TABLE moves (run String, next String, browser String, release String, shift Int64, unserved UInt8) ENGINE = Memory',
  )
  await engine.command(`INSERT INTO moves VALUES ${rows.join(', ')}`)
  await engine.command(
    'CREATE TABLE moved AS otel_traces ENGINE = MergeTree ORDER BY tuple() PARTITION BY tuple()',
  )
  await engine.command(`
    INSERT INTO moved SELECT * EXCEPT (run, next, browser, release, shift, unserved) REPLACE (
      Timestamp + toIntervalMillisecond(shift) AS Timestamp,
      mapUpdate(SpanAttributes, map('throughline.run.id', next)) AS SpanAttributes,
      if(ResourceAttributes['telemetry.sdk.language'] = 'webjs',
        mapUpdate(ResourceAttributes, map('user_agent.name', browser, 'service.version', release)), ResourceAttributes) AS ResourceAttributes)
    FROM (
      SELECT spans.*, moves.* FROM otel_traces AS spans
      INNER JOIN moves ON moves.run = spans.SpanAttributes['throughline.run.id']
      WHERE NOT (unserved AND (SpanAttributes['throughline.step.name'] = 'confirmation' OR SpanName = 'throughline.run.end'))
    )`)
  const [lost] = await engine.query<{ events: number; pages: number }>(
    `SELECT count() AS events, uniqExact(SpanAttributes['throughline.page.id']) AS pages FROM moved WHERE ${LOST}`,
  )
  const tables = await engine.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'
       AND name NOT IN ('moved', 'throughline_schema')`,
  )
  for (const { name } of tables) await engine.command(`TRUNCATE TABLE ${name}`)
  await engine.command(
    `INSERT INTO otel_traces SELECT * FROM moved WHERE NOT (${LOST}) SETTINGS max_partitions_per_insert_block = 0`,
  )
  for (const name of ['moves', 'moved']) await engine.command(`DROP TABLE ${name}`)

  const all = [...placed.values()]
  const mean = (some: readonly Placed[], of: (one: Placed) => number) =>
    some.reduce((sum, one) => sum + of(one), 0) / some.length
  const hit = all.filter(({ fate }) => fate !== 'came')
  const at = (hour: number) => start + INCIDENT.day * DAY + hour * HOUR
  return {
    start,
    end: start + DAYS * DAY,
    slowDays: SLOW_DAYS,
    incident: { from: at(INCIDENT.from), to: at(INCIDENT.to) },
    missing: {
      runs: all.filter(({ fate }) => fate === 'missing').length,
      conversions: hit.reduce((sum, one) => sum + one.chance, 0),
    },
    lost: lost!,
    perDay: {
      slow: all.filter(({ release }) => release === SLOW_RELEASE).length / SLOW_DAYS.length,
      good: all.filter(({ release }) => release === GOOD_RELEASE).length / (DAYS - SLOW_DAYS.length),
    },
    chances: {
      slow: mean(
        all.filter(({ release }) => release === SLOW_RELEASE),
        (one) => one.chance,
      ),
      good: mean(
        all.filter(({ release, fate }) => release === GOOD_RELEASE && fate !== 'missing'),
        ({ fate, chance: own }) => (fate === 'unserved' ? 0 : own),
      ),
    },
  }
}
