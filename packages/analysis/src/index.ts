export { Advice } from './advice'
export type { AnalyseOptions } from './ask/analyse'
export { analyse } from './ask/analyse'
export type { Config, Definitions } from './config'
export { defineConfig, loadConfig } from './config'
export type { Dev, DevOptions } from './dev'
export { startDev } from './dev'
export type { Engine, QueryParams, Store, Table } from './engine'
export { openEngine, openStore } from './open-engine'
export type {
  Breakdown,
  BreakdownPart,
  Change,
  ChangeResult,
  Comparison,
  Cut,
  Estimate,
  FunnelStep,
  GuardrailResult,
  HypothesisResult,
  IncidentCost,
  JourneyResult,
  LatencyBucket,
  LatencyResult,
  LostConversions,
  Mark,
  Part,
  PartStep,
  Problem,
  Quantiles,
  Ranking,
  Result,
  TrendPart,
  TrustResult,
  VariantResult,
  Verdict,
} from './result'
export { applySchema, schemaStatements } from './schema'
export { renderHtml } from './show/html'
export type { TerminalOptions } from './show/terminal'
export { renderTerminal } from './show/terminal'
