// Whose word on a run's outcome counts, in plain TypeScript: what the SQL of throughline_outcomes must agree with.

/** One report of a fact; several may be of the same. Times in ms. */
export interface Report {
  /** The fact's identity within its run and outcome. */
  readonly fact: string
  readonly outcome: 'converted' | 'failed' | 'abandoned'
  readonly isServer: boolean
  /** When it was reported. */
  readonly time: number
  /** When it happened, if the caller said. */
  readonly at?: number
  readonly value?: number
}

/** What counts of a run's outcome. */
export interface Word {
  readonly outcome: Report['outcome']
  readonly isServer: boolean
  /** The first of the conversions since the last failure; null if the run did not convert. */
  readonly convertedAt: number | null
  readonly value: number | null
}

interface Fact extends Pick<Report, 'fact' | 'outcome' | 'isServer'> {
  readonly date: number
  readonly value: number | null
}

const RANK = { converted: 0, failed: 1, abandoned: 2 }

function factsOf(reports: readonly Report[]): Fact[] {
  const groups = Map.groupBy(reports, ({ isServer, outcome, fact }) => `${isServer} ${outcome} ${fact}`)
  return [...groups.values()].map((group) => {
    const [valued] = group
      .filter(({ value }) => value !== undefined)
      .sort((a, b) => a.time - b.time || a.value! - b.value!)
    const { fact, outcome, isServer } = group[0]!
    const date = Math.min(...group.map(({ at, time }) => at ?? time))
    return { fact, outcome, isServer, date, value: valued?.value ?? null }
  })
}

const byId = (a: Fact, b: Fact) => (a.fact < b.fact ? -1 : 1)

/** Whose word counts among all reports of a run, in whatever order they arrived; null if there is none. */
export function lastWord(reports: readonly Report[]): Word | null {
  const facts = factsOf(reports)
  const server = facts
    .filter(({ isServer }) => isServer)
    .sort((a, b) => b.date - a.date || RANK[a.outcome] - RANK[b.outcome] || byId(a, b))
  const browser = facts
    .filter(({ isServer }) => !isServer)
    .sort((a, b) => RANK[a.outcome] - RANK[b.outcome] || a.date - b.date || byId(a, b))
  const word = server[0] ?? browser[0]
  if (!word) return null
  const conversions = facts.filter(({ outcome }) => outcome === 'converted')
  const failed = Math.max(
    0,
    ...server.filter(({ outcome }) => outcome !== 'converted').map(({ date }) => date),
  )
  const since = conversions
    .filter(({ isServer, date }) => isServer === word.isServer && (!isServer || date >= failed))
    .map(({ date }) => date)
  const [valued] = conversions
    .filter(({ value }) => value !== null)
    .sort((a, b) => a.date - b.date || byId(a, b))
  return {
    outcome: word.outcome,
    isServer: word.isServer,
    convertedAt: word.outcome === 'converted' ? Math.min(...since) : null,
    value: word.value ?? valued?.value ?? null,
  }
}
