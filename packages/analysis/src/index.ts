export { Advice } from './advice'
export type { AnalyseOptions } from './ask/analyse'
export { analyse } from './ask/analyse'
export type { Counts } from './ask/funnel'
export type { FunnelOptions } from './ask/funnel-alone'
export { countFunnel } from './ask/funnel-alone'
export type { RunEnd, RunSummary, RunsOptions } from './ask/recent-runs'
export { recentRuns } from './ask/recent-runs'
export { runTimeline } from './ask/run-timeline'
export type { MissingEvents, RunEntry, RunTimeline, Silence } from './ask/run-types'
export type { Selected, SelectOptions } from './ask/safe-select'
export { safeSelect } from './ask/safe-select'
export type { Config, Definitions } from './config'
export { defineConfig, loadConfig } from './config'
export type { Dev, DevOptions } from './dev'
export { startDev } from './dev'
export type { Engine, QueryParams, Store, Table } from './engine'
export { analyseExisting } from './existing/analyse-existing'
export { openEngine, openStore } from './open-engine'
export type {
  Breakdown,
  BreakdownPart,
  Cause,
  CauseExample,
  Change,
  ChangeResult,
  Comparison,
  Cut,
  Estimate,
  Finding,
  FindingKind,
  FunnelStep,
  GuardrailResult,
  HypothesisResult,
  IncidentCost,
  JourneyResult,
  LatencyBucket,
  LatencyResult,
  LeavingReason,
  LostConversions,
  Mark,
  Part,
  PartCosts,
  PartLoss,
  PartSlowness,
  PartStep,
  Problem,
  Quantiles,
  Ranking,
  ReportPart,
  Result,
  SatisfactionResult,
  TrendPart,
  TrustResult,
  VariantResult,
  Verdict,
} from './result'
export { applySchema, schemaStatements } from './schema'
export { renderCsv } from './show/csv'
export { renderHtml } from './show/html'
export type { TerminalOptions } from './show/terminal'
export { renderTerminal } from './show/terminal'
