/** The one style sheet. Colours keep a contrast of at least 4.5 for text and 3 for bars, light and dark. */
export const STYLE = `
:root {
  --paper: #f5f6f8; --card: #fff; --ink: #16202e; --soft: #566174; --line: #dde2ea; --ghost: #eef1f5;
  --main: #3b5bdb; --fill: #3b5bdb; --flow: #cfd9fb; --good: #17713a; --good-soft: #ddf3e4; --bad: #b3261e; --bad-soft: #fce8e6;
  --warn: #7a4f00; --warn-soft: #fff1cf; --slow: #d9730d; --grey: #8591a3; --odd: #7b2fb5; --odd-soft: #f2e6fb;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #0d1219; --card: #151c27; --ink: #e8edf5; --soft: #a0acbe; --line: #293343; --ghost: #1e2735;
    --main: #8ba3ff; --fill: #5470e6; --flow: #26335f; --good: #79d69a; --good-soft: #15341f; --bad: #ff938a; --bad-soft: #40191a;
    --warn: #f3c766; --warn-soft: #392c0d; --slow: #c56f1c; --grey: #6f7c90; --odd: #d3a4f7; --odd-soft: #331d47;
  }
}
* { box-sizing: border-box; margin: 0 }
html { color-scheme: light dark; scroll-behavior: smooth; -webkit-text-size-adjust: 100% }
body { font: 0.9375rem/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; background: var(--paper); color: var(--ink); font-variant-numeric: tabular-nums; overflow-wrap: anywhere }
main, .top { max-width: 72rem; margin-inline: auto; padding-inline: 1.5rem }
main { padding-block: 1.5rem 5rem }
a { color: var(--main) }
:focus-visible { outline: 2px solid var(--main); outline-offset: 2px; border-radius: 4px }
small, .note { font-size: 0.8125rem; color: var(--soft); font-weight: 400 }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
code, pre { font: 0.8125rem/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace }

.top { display: flex; align-items: center; justify-content: space-between; gap: 1rem; padding-block: 0.7rem }
.brand { white-space: nowrap; display: flex; align-items: center; gap: 0.5rem; font-weight: 650; letter-spacing: -0.01em }
.logo { width: 1.4rem; height: 1.4rem; fill: none; stroke: var(--main); stroke-width: 5; stroke-linecap: round }
.status { font-size: 0.8125rem; color: var(--soft); text-align: right }
.status::before { content: ''; display: inline-block; width: 0.5rem; height: 0.5rem; margin-right: 0.45rem; border-radius: 50%; background: var(--grey) }
.status.live::before { background: var(--good) }
.status.stale::before { background: var(--bad) }
.gone { position: fixed; inset: auto 0 0 0; z-index: 2; background: var(--bad-soft); color: var(--bad); font-weight: 600; text-align: center; padding: 0.6rem 1.5rem }
.gone code { font-weight: 600 }

h1 { font-size: 1.75rem; line-height: 1.2; letter-spacing: -0.02em }
h2 { font-size: 1.375rem; letter-spacing: -0.015em; margin-bottom: 1rem }
h2 small { margin-left: 0.3rem }
h3 { font-size: 1.0625rem; letter-spacing: -0.01em }
h4 { font-size: 0.9375rem }
.period { color: var(--soft); margin-top: 0.35rem }
.part { margin-top: 2.75rem }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.25rem 1.5rem; margin-top: 1rem }
.card > h3 + .note { margin-top: 0.2rem }
.scroll + .note { margin-top: 0.9rem }
.card > p + h3 { margin-top: 1.25rem }
.quiet { color: var(--soft) }

.banner { display: inline-flex; align-items: center; gap: 0.6rem; margin-top: 1rem; padding: 0.4rem 0.9rem 0.4rem 0.5rem; border-radius: 999px; background: var(--warn-soft); color: var(--warn); font-weight: 600; font-size: 0.875rem }
.banner a { color: inherit }
.names { margin-top: 1rem; padding: 0.8rem 1.1rem; border-radius: 12px; background: var(--warn-soft); color: var(--warn); overflow-wrap: anywhere }
.names ul { margin-top: 0.3rem; padding-left: 1.2rem }
.banner > span { display: inline-grid; place-items: center; width: 1.3rem; height: 1.3rem; border-radius: 50%; background: var(--warn); color: var(--warn-soft) }
.overview { display: flex; flex-wrap: wrap; gap: 0.6rem; list-style: none; padding: 0; margin-top: 1.25rem }
.overview a { display: flex; align-items: center; gap: 0.6rem; padding: 0.45rem 0.8rem; min-height: 2.5rem; background: var(--card); border: 1px solid var(--line); border-radius: 10px; color: inherit; text-decoration: none }
.overview a:hover { border-color: var(--main) }
.badge, .pill { display: inline-flex; align-items: center; gap: 0.3rem; width: fit-content; padding: 0.1rem 0.55rem; border-radius: 999px; font-size: 0.8125rem; font-weight: 600; white-space: nowrap }
.badge { text-transform: capitalize }
.supported .badge, .badge.supported, .pill.good { background: var(--good-soft); color: var(--good) }
.badge.refuted, .pill.bad { background: var(--bad-soft); color: var(--bad) }
.badge.inconclusive, .pill.warn { background: var(--warn-soft); color: var(--warn) }
.badge.invalid { background: var(--odd-soft); color: var(--odd) }
.pill.unknown { background: var(--ghost); color: var(--soft) }
small.good { color: var(--good) } small.bad { color: var(--bad) }

.tiles { display: grid; grid-template-columns: 1.5fr 1fr 1fr 1fr; gap: 1rem }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1rem 1.25rem }
.tile dt { color: var(--soft); font-size: 0.8125rem; font-weight: 550 }
.tile dd:nth-of-type(1) { font-size: 1.75rem; line-height: 1.25; font-weight: 650; letter-spacing: -0.02em }
.tile dd span { display: block }
.tile .chart { margin-block: 0.15rem }

.costliest { display: grid; grid-template-columns: 1fr auto auto; gap: 0.5rem 2.5rem; align-items: center; margin-top: 1rem; padding: 1rem 1.5rem; border-radius: 12px; background: var(--bad-soft); border-left: 5px solid var(--bad) }
.eyebrow { font-size: 0.8125rem; font-weight: 600; color: var(--bad) }
.problem { font-size: 1.0625rem; font-weight: 600; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden }
.where, .price span { font-size: 0.8125rem; color: var(--ink); opacity: 0.85 }
.price b { display: block; font-size: 1.5rem; line-height: 1.2; letter-spacing: -0.02em; color: var(--bad) }

.scroll { overflow-x: auto; max-width: 100% }
.funnel { display: grid; grid-auto-flow: column; grid-auto-columns: minmax(8.5rem, 1fr); list-style: none; padding: 0; margin-top: 1.1rem }
.stage { display: grid; grid-template-rows: subgrid; grid-row: span 4; row-gap: 0.5rem; min-width: 0 }
.stage p { padding-right: 0.75rem }
.stage-name { font-weight: 600; align-self: end; display: flex; flex-wrap: wrap; gap: 0 0.4rem }
.upright { width: 100%; height: 13rem; display: block }
.lying { display: none }
.ghost, .track { fill: var(--ghost) }
.fill { fill: var(--fill) } .flow, .stream { fill: var(--flow) } .slow { fill: var(--slow) } .unmeasured { fill: var(--grey) }
.optional .fill { opacity: 0.62 }
.stage-count b { font-size: 1.125rem; letter-spacing: -0.01em }
.stage-count span { color: var(--soft); margin-left: 0.3rem }
.stage-next { font-size: 0.8125rem; color: var(--soft); display: grid; gap: 0.3rem; align-content: start }
.drop b { color: var(--ink) }
.worst .drop, .worst .drop b { color: var(--bad); font-weight: 650 }
.stage .pill { white-space: normal; padding-right: 0.55rem; border-radius: 8px; margin-right: 0.75rem }

details { margin-top: 1rem; border-top: 1px solid var(--line); padding-top: 0.75rem }
summary { cursor: pointer; color: var(--main); font-weight: 550; width: fit-content }
table { border-collapse: collapse; width: 100% }
caption { text-align: left; font-size: 0.8125rem; color: var(--soft); padding-block: 0.5rem 0.25rem }
th, td { text-align: left; padding: 0.45rem 1rem 0.45rem 0; vertical-align: top; white-space: nowrap; font-weight: 400 }
details th:first-child { font-weight: 600 }
thead th { color: var(--soft); font-size: 0.8125rem; border-bottom: 1px solid var(--line) }
details tbody tr + tr > * { border-top: 1px solid var(--line) }
td small { display: block }

.bars { table-layout: fixed }
.bars th, .bars td { padding-block: 0.15rem; vertical-align: middle; white-space: normal }
.bars th { width: 28% } .bars td:nth-child(3) { width: 33%; padding-right: 0 }
.variants th { width: 19% } .variants td:nth-child(3) { width: 33%; padding-right: 1rem } .variants td:nth-child(4) { width: 20%; padding-right: 0 }
.bars td small { display: inline; white-space: nowrap }
.slow-word { color: var(--warn); font-weight: 600 }
.plot { display: block; width: 100%; height: 28px; overflow: visible }
.whisker line { stroke: var(--ink); stroke-width: 2 } .whisker circle { fill: var(--ink) }
.whisker.over line { stroke-width: 1.5; opacity: 0.75 } .whisker.over circle { r: 2.5px }
.whisker.decides line { stroke: var(--main); stroke-width: 3 } .whisker.decides circle { fill: var(--main); r: 5.5px }
.whisker.costly line { stroke: var(--bad); stroke-width: 3 } .whisker.costly circle { fill: var(--bad); r: 5.5px }
.whisker.faint line { stroke: var(--grey) } .whisker.faint circle { fill: var(--grey) }
.axis svg { display: block; width: 100%; height: 14px; overflow: visible } .axis text { font-size: 0.75rem; fill: var(--soft) } .axis text.expected { fill: var(--good) }
.mark { stroke: var(--grey); stroke-width: 1 } .mark.expected { stroke: var(--good); stroke-width: 2; stroke-dasharray: 3 3 }
.plot rect, .upright rect, .lying rect { transition: width 0.4s, height 0.4s, y 0.4s }

.measures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1.5rem 2.5rem; margin-top: 1rem }
.measure { display: grid; gap: 0.5rem; align-content: start; min-width: 0 }
.odds { border-top: 1px solid var(--line) }

.card h4 { margin-top: 1.25rem }
.measure h4, .evidence h4 { margin-top: 0 }
.losses { list-style: none; padding: 0; counter-reset: none }
.loss { display: grid; grid-template-columns: minmax(0, 1fr) minmax(6rem, 13rem) auto; gap: 0.5rem 1.5rem; align-items: center; padding-block: 0.7rem }
.loss + .loss { border-top: 1px solid var(--line) }
.loss-name p:first-child { font-weight: 550; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden }
.chips { display: flex; flex-wrap: wrap; gap: 0.2rem 0.5rem; font-size: 0.8125rem; color: var(--soft); margin-top: 0.15rem }
.chip { background: var(--ghost); border-radius: 6px; padding: 0 0.4rem; color: var(--ink) }
.facts { display: grid; grid-template-columns: 6rem 5.5rem 5rem 7rem; gap: 0.75rem }
.facts dt { font-size: 0.75rem; color: var(--soft) }
.facts dd { font-weight: 600 } .facts dd.note { font-weight: 400; font-size: 0.75rem }
.facts .costly dd:nth-of-type(1) { color: var(--bad) }
.cause { grid-column: 1 / -1; font-size: 0.8125rem } .cause ul { list-style: none; padding: 0; overflow-wrap: anywhere }
.cause pre { background: var(--ghost); border-radius: 10px; padding: 0.6rem 0.8rem; overflow-x: auto; max-height: 14rem }
.leaving { list-style: none; padding: 0; font-size: 0.875rem }

.hypothesis { border-top-width: 4px }
.hypothesis.supported { border-top-color: var(--good) } .hypothesis.refuted { border-top-color: var(--bad) }
.hypothesis.inconclusive { border-top-color: var(--slow) } .hypothesis.invalid { border-top-color: var(--odd) }
.hypothesis > header { display: flex; flex-wrap: wrap; align-items: center; gap: 0.3rem 0.75rem }
.hypothesis .badge { font-size: 0.9375rem; padding: 0.2rem 0.8rem }
.statement { font-size: 1.0625rem; margin-top: 0.4rem }
.reasons { padding-left: 1.1rem; margin-block: 0.6rem 1rem }
.reasons li { margin-top: 0.2rem }
.evidence { display: grid; grid-template-columns: minmax(0, 1.7fr) minmax(0, 1fr); gap: 1.25rem 2.5rem; padding-top: 1rem; border-top: 1px solid var(--line) }
.evidence caption { padding-top: 0 }
.uplift { margin-block: 0.9rem 0.6rem }
.change b { font-size: 1.375rem; letter-spacing: -0.02em; margin-right: 0.25rem }
.expected-word { border-bottom: 2px dashed var(--good) }
.checks { list-style: none; padding: 0; display: grid; gap: 0.6rem; margin-block: 0.5rem 0.75rem }
.checks li { display: flex; gap: 0.6rem; align-items: baseline }
.checks .pill { flex: none; min-width: 6rem; justify-content: center }
.cost { fill: var(--bad); opacity: 0.22 }

.stack { display: block; width: 100%; height: 0.75rem; border-radius: 999px; margin-block: 0.6rem; background: var(--ghost) }
.delivered { fill: var(--good) } .pending { fill: var(--slow) } .dropped { fill: var(--bad) }
.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; font-size: 0.875rem }
.key::before { content: ''; display: inline-block; width: 0.7rem; height: 0.7rem; border-radius: 3px; margin-right: 0.4rem; background: var(--good) }
.key.pending::before { background: var(--slow) } .key.dropped::before { background: var(--bad) }

.nothing { max-width: 46rem; margin-inline: auto; padding-top: 2rem }
.nothing p, .nothing ol, .nothing pre { margin-top: 1rem }
.nothing li { margin-top: 1rem; padding-left: 0.25rem }
.nothing pre { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1rem; overflow-x: auto }

@media (max-width: 60rem) {
  .tiles { grid-template-columns: 1fr 1fr }
  .loss { grid-template-columns: minmax(0, 1fr) }
  .evidence { grid-template-columns: minmax(0, 1fr) }
}
@media (max-width: 44rem) {
  main, .top { padding-inline: 1rem }
  .card { padding: 1rem }
  .tiles { gap: 0.6rem } .tile { padding: 0.75rem 0.9rem }
  .tile dd:nth-of-type(1) { font-size: 1.375rem }
  .costliest { grid-template-columns: 1fr 1fr; padding: 1rem } .costliest > div { grid-column: 1 / -1 }
  .funnel { display: block }
  .stage { display: grid; grid-template: 'name count' auto 'bar bar' auto 'next next' auto / 1fr auto; gap: 0.2rem 0.5rem }
  .stage p { padding-right: 0 }
  .stage-name { grid-area: name } .stage-count { grid-area: count }
  .stage-next { grid-area: next; display: flex; flex-wrap: wrap; gap: 0.2rem 0.8rem; margin-bottom: 0.9rem }
  .upright { display: none }
  .lying { display: block; grid-area: bar; width: 100%; height: 48px }
  .stage:last-child .lying { height: 26px }
  .facts { grid-template-columns: repeat(4, minmax(0, auto)); justify-content: space-between }
  .variants { min-width: 30rem }
  .bars th, .bars td { padding-right: 0.6rem }
  .bars th { width: 26% } .bars:not(.variants) td:nth-child(3) { width: 38% }
}
@media (prefers-reduced-motion: reduce) { * { transition: none !important; scroll-behavior: auto !important } }
@media print {
  html { color-scheme: light }
  body { background: #fff; font-size: 10pt } main, .top { max-width: none; padding-inline: 0 }
  .card, .tile, .stage, .loss, .measure, .hypothesis { break-inside: avoid }
  h2, h3 { break-after: avoid }
  nav, summary, .gone { display: none }
  .scroll { overflow: visible }
  details th, details td { white-space: normal; overflow-wrap: normal; padding-right: 0.5rem; font-size: 8pt } details small { font-size: 7pt }
  details::details-content { content-visibility: visible; block-size: auto }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact }
}
`
