export { Advice } from './advice'
export type { AnalyseOptions } from './ask/analyse'
export { analyse } from './ask/analyse'
export type { Counts } from './ask/funnel'
export type { FunnelOptions } from './ask/funnel-alone'
export { countFunnel } from './ask/funnel-alone'
export type { Config, Definitions } from './config'
export { defineConfig, loadConfig } from './config'
export type { Dev, DevOptions } from './dev'
export { startDev } from './dev'
export type { Engine, QueryParams, Store, Table } from './engine'
export { openEngine, openStore } from './open-engine'
export type {
  Comparison,
  Estimate,
  FunnelStep,
  GuardrailResult,
  HypothesisResult,
  JourneyResult,
  LatencyBucket,
  LatencyResult,
  LostConversions,
  Quantiles,
  Result,
  TrustResult,
  VariantResult,
  Verdict,
} from './result'
export { applySchema, schemaStatements } from './schema'
export { renderHtml } from './show/html'
export type { TerminalOptions } from './show/terminal'
export { renderTerminal } from './show/terminal'
