// packages/core/src/define.ts
var UNITS = { ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5 };
function milliseconds(input) {
  const [, count2, unit = "ms"] = /^([\d.]+)(\D+)?$/.exec(`${input}`) ?? [];
  return Number(count2) * UNITS[unit];
}

// packages/core/src/limits.ts
var DAY = 864e5;
var LONGEST_WITHIN = 366 * DAY;
var isName = (name) => typeof name === "string" && /^[a-z0-9][a-z0-9-]{0,47}$/.test(name);
var isVersion = (version) => typeof version === "string" && /^[\w.-]{1,32}$/.test(version);

// packages/core/src/steps-by-address.ts
var PATTERN = /^(\/[^?#]*)?(?:\?([^#]*))?(?:#(.*))?$/;
var segmentsOf = (path) => path.replace(/\/$/, "").split("/");
var isPattern = (pattern) => {
  const [whole, path = "", , hash = ""] = PATTERN.exec(`${pattern}`) ?? [];
  return !!whole && [path, hash].every(
    (part) => segmentsOf(part).every(
      (segment, i, all) => segment.startsWith(":") ? /^:\w+$/.test(segment) : segment === "*" ? i === all.length - 1 : !segment.includes("*")
    )
  );
};

// packages/core/src/checks.ts
function check(ok, message) {
  if (!ok) throw new TypeError(`throughline: ${message}`);
}
function checkName(name, what) {
  check(isName(name), `${what} has the name "${name}"; use 1 to 48 lower-case letters, digits and hyphens`);
}
function checkDuration(input, what) {
  const ms = input === void 0 ? 1 : milliseconds(input);
  check(
    ms > 0 && ms < Number.POSITIVE_INFINITY,
    `${what} is "${input}"; write milliseconds or '30m', '2h', '1d'`
  );
}
function checkJourney(name, options) {
  const it = `journey "${name}"`;
  checkName(name, it);
  check(Array.isArray(options?.steps) && options.steps.length > 1, `${it} needs at least two steps`);
  const names = options.steps.map((step) => typeof step === "string" ? step : step?.name);
  for (const step of names) checkName(step, `a step of ${it}`);
  const checkStep = (step, what) => check(names.includes(step), `${what} of ${it} names "${step}", which is none of: ${names}`);
  check(new Set(names).size === names.length, `${it} declares a step twice: ${names}`);
  check(
    isVersion(options.version),
    `${it} has the version "${options.version}"; use 1 to 32 letters, digits, dots, hyphens and underscores, such as '1'`
  );
  for (const step of options.steps)
    for (const pattern of typeof step === "string" ? [] : [step.at ?? []].flat())
      check(
        isPattern(pattern),
        `at of "${step.name}" of ${it} is "${pattern}"; write a path such as "/orders/:id", "/docs/*", "/checkout?step=payment" or "/#/payment"`
      );
  checkStep(options.converts, "converts");
  for (const [step, target] of Object.entries(options.ready ?? {})) {
    checkStep(step, "ready");
    check(!!target && target.p75 > 0, `ready.${step} of ${it} needs { p75: milliseconds }`);
  }
  checkDuration(options.within, `within of ${it}`);
  check(
    options.within === void 0 || milliseconds(options.within) <= LONGEST_WITHIN,
    `within of ${it} is "${options.within}"; the longest is '366d'`
  );
  checkDuration(options.idle, `idle of ${it}`);
  check(
    [void 0, "tab", "browser"].includes(options.keep),
    `keep of ${it} is "${options.keep}"; it is 'tab' or 'browser'`
  );
}
function checkHypothesis(id, options) {
  const it = `hypothesis "${id}"`;
  checkName(id, it);
  const { journey, statement, variants, weights, from, expect, guardrails = [], until } = options ?? {};
  check(!!journey?.steps, `${it} needs the journey it is about (from defineJourney)`);
  check(!!statement, `${it} needs a statement: the claim in one sentence`);
  check(
    Array.isArray(variants) && variants.length > 1,
    `${it} needs at least two variants, the control first`
  );
  for (const variant of variants) checkName(variant, `a variant of ${it}`);
  check(new Set(variants).size === variants.length, `${it} declares a variant twice: ${variants}`);
  const sum2 = weights?.reduce((total, weight) => total + weight, 0) ?? 1;
  const each = !weights || weights.length === variants.length && weights.every((weight) => weight > 0);
  check(
    each && Math.abs(sum2 - 1) < 1e-6,
    `the weights of ${it} are ${weights}; give one above 0 for each variant, adding up to 1`
  );
  const effect = expect?.relative ?? expect?.absolute;
  check(
    expect?.metric === "conversion" && Number.isFinite(effect) && effect !== 0,
    `${it} needs expect: { metric: 'conversion', relative: 0.1 } (or absolute), with an effect other than 0`
  );
  for (const step of [from, ...guardrails.map((guardrail) => guardrail.step)])
    check(
      step === void 0 || journey.steps.some(({ name }) => name === step),
      `${it} names the step "${step}", which "${journey.name}" has not`
    );
  for (const { p75AtMost, relativeAtMost } of guardrails)
    check(
      p75AtMost === void 0 !== (relativeAtMost === void 0),
      `a guardrail of ${it} needs either p75AtMost or relativeAtMost`
    );
  check(!until || !Number.isNaN(Date.parse(until)), `until of ${it} is no ISO 8601 date`);
}

// packages/core/src/hypothesis.ts
function defineHypothesis(id, options) {
  if (true) checkHypothesis(id, options);
  const { journey, variants, weights, guardrails, flag } = options;
  return {
    ...options,
    id,
    journey: journey.name,
    weights: weights ?? variants.map(() => 1 / variants.length),
    guardrails: guardrails ?? [],
    flag: flag ?? id
  };
}

// packages/core/src/journey.ts
function defineJourney(name, options) {
  if (true) checkJourney(name, options);
  return {
    ...options,
    name,
    steps: options.steps.map((step) => {
      const { optional = false, ...given } = typeof step === "string" ? { name: step } : step;
      return { ...given, name: given.name, optional };
    }),
    within: milliseconds(options.within ?? "2h"),
    idle: milliseconds(options.idle ?? "30m"),
    keep: options.keep ?? "tab",
    ready: options.ready ?? {}
  };
}

// packages/analysis/src/result.ts
var RESULT_SCHEMA_VERSION = 1;

// packages/analysis/src/format.ts
var UNKNOWN = "\u2013";
var decimals = (least, most) => new Intl.NumberFormat("en", { minimumFractionDigits: least, maximumFractionDigits: most });
var WHOLE = decimals(0, 0);
var ONE = decimals(1, 1);
var TWO = decimals(2, 2);
var UP_TO_TWO = decimals(0, 2);
var COMPACT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
var DIGITS = new Intl.NumberFormat("en", { maximumSignificantDigits: 2 });
var THREE_DIGITS = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
var tidy = (text2) => /[1-9]/.test(text2) ? text2.replace("-", "\u2212") : text2.replace("-", "");
var known = (write) => (value) => Number.isFinite(value) ? tidy(write(value)) : UNKNOWN;
var count = known((value) => (Math.abs(value) >= 1e7 ? COMPACT : WHOLE).format(value));
var percent = known((share) => {
  const size = Math.abs(share);
  if (size > 0 && size < 1e-5) return `${share < 0 ? "-" : ""}<0.001 %`;
  if (size > 0 && size < 5e-4) return `${DIGITS.format(share * 100)} %`;
  if (size > 0.9995 && size < 1) return `${share < 0 ? "-" : ""}>99.9 %`;
  if (size >= 10) return `${size >= 1e5 ? COMPACT.format(share * 100) : WHOLE.format(share * 100)} %`;
  return size === 0 || size === 1 ? `${share * 100} %` : `${ONE.format(share * 100)} %`;
});
var signed = (write) => (value) => {
  const text2 = write(value);
  return value > 0 && /[1-9]/.test(text2) && text2 !== UNKNOWN ? `+${text2}` : text2;
};
var change = signed(percent);
var points = signed(known((share) => `${UP_TO_TWO.format(share * 100)} points`));
var duration = known((ms) => {
  const size = Math.abs(ms);
  if (size > 0 && size < 1) return `${ms < 0 ? "-" : ""}<1 ms`;
  if (size < 999.5) return `${size < 10 ? DIGITS.format(ms) : WHOLE.format(ms)} ms`;
  if (size < 59950) return `${THREE_DIGITS.format(ms / 1e3)} s`;
  const [small, large, unit, above] = size < 357e4 ? [1e3, 60, "s", "min"] : size < 864e5 ? [6e4, 60, "min", "h"] : [36e5, 24, "h", "d"];
  const total = Math.round(size / small);
  const rest = total % large ? ` ${total % large} ${unit}` : "";
  return `${ms < 0 ? "-" : ""}${WHOLE.format(Math.floor(total / large))} ${above}${rest}`;
});
var score = known((value) => UP_TO_TWO.format(value));
var odds = known((value) => {
  if (value > 100) return "over 100";
  return value >= 10 ? ONE.format(value) : value < 5e-3 && value > 0 ? "under 0.01" : TWO.format(value);
});
function probability(p) {
  if (p < 1e-4) return "p < 0.0001";
  return p > 0.995 && p < 1 ? "p > 0.99" : `p = ${known(DIGITS.format)(p)}`;
}
var declared = (text2) => text2.replace(".0 %", " %");
function between({ low, high }, write) {
  const [from, to] = [write(low), write(high)];
  if (from === UNKNOWN && to === UNKNOWN) return UNKNOWN;
  const [number, unit, ...rest] = from.split(" ");
  return unit && !rest.length && to.split(" ")[1] === unit ? `${number} to ${to}` : `${from} to ${to}`;
}
var withInterval = (estimate, write, name = "") => Number.isFinite(estimate.value) ? `${write(estimate.value)} (${name}${between(estimate, write)})` : UNKNOWN;
var DAY2 = { day: "numeric", month: "short", year: "numeric" };
var zoned = (iso2, timeZone, options, name = "") => {
  const time = Date.parse(iso2);
  return Number.isNaN(time) ? UNKNOWN : `${new Date(time).toLocaleString("en-GB", { ...options, timeZone })}${name}`;
};
var day = (iso2, timeZone) => zoned(iso2, timeZone, DAY2);
var plural = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;

// packages/analysis/src/ask/findings.ts
var MEANING = {
  loss: [
    "Steps, errors and conversions that were lost look as if people had left earlier.",
    'Look at the reasons under "refused"; check that the endpoint is reachable from pages and takes their size and rate.'
  ],
  "loss-by-browser": [
    "This browser looks worse than it is: what it lost reads as people who left.",
    "Do not compare browsers until it is mended; look for blockers, a wrong endpoint, or a script that fails there."
  ],
  "loss-by-step": [
    "More people seem to leave at this step, or just before it, than do.",
    "Check that the step waits until its events are sent, and what ends its page (a redirect, a payment frame, a crash)."
  ],
  "loss-by-variant": [
    "The verdict is biased against the variant that loses more: its conversions are missing, not its subjects.",
    "Do not decide by this verdict. Mend delivery in that variant, and start the experiment again."
  ],
  "server-loss": [
    "Outcomes that servers confirmed are missing, so conversions are too few or rest on the browser\u2019s word.",
    "Check the exporter\u2019s endpoint and its queue; give keepUntilTaken a file, so that a restart loses nothing."
  ],
  "no-accounts": [
    "How much was lost on the way is not known, so a loss would look like people who left.",
    "Use startThroughline from @throughline/core/web, whose pages account for their events."
  ],
  "arrived-later": ["None: they are counted where they belong.", "Nothing."],
  clocks: [
    "Times between these events are not certain; the order of steps does not depend on them.",
    "Synchronise the clocks of servers (NTP). Devices\u2019 clocks cannot be mended."
  ],
  sampling: [
    "Figures of endpoints are weighted by the recorded probability; their intervals are wider. Funnels do not depend on it.",
    "Raise the sampling rate, or force runs under a hypothesis in, if endpoints have to be told apart."
  ],
  "long-runs": [
    "What these runs did after their first 1,000 events is not counted.",
    "Check that a component does not enter steps in a loop."
  ],
  "without-browser": [
    "Conversions are too few by these.",
    "Check that pages can send (blockers, consent, endpoint), and that the server takes run ids from its own pages."
  ],
  "no-visit": [
    "Their errors, requests and vitals are in no figure.",
    "Update the pages: version 2 names the visit."
  ],
  "outside-window": [
    "They count as runs that left.",
    "If people need longer, raise `within` of the journey: figures follow at once."
  ],
  aliases: [
    "The names stay apart: one person may count as two.",
    "Send aliases from a server, or from the page on which the anonymous subject was seen."
  ],
  "sample-ratio": [
    "Some subjects are missing from one variant, so no comparison is fair: the verdict is invalid.",
    "Look for loss by variant, redirects before the exposure, and a flag that is assigned differently than declared."
  ],
  exposures: [
    "These are left out of the verdict.",
    "Pass the subject to startThroughline or the middleware, and keep it through sign-in with an alias."
  ],
  "missing-exposures": [
    "Subjects who met a variant are not counted; if variants differ in it, the verdict is biased.",
    "Record the exposure where the variant renders (useHypothesis, expose), before anything that could fail."
  ],
  "late-exposures": [
    "Conversions before the exposure do not count for a variant: it looks worse than it is.",
    "Expose where the variants begin to differ, and not behind the conversion."
  ],
  undeclared: [
    "They are in no figure.",
    "Declare the name in throughline.config.ts, or correct it where it is sent."
  ],
  "never-seen": [
    "The step shows nobody; if it is required, nobody can reach the steps behind it.",
    "Check that it is entered under this name, or declare it optional or remove it."
  ],
  "unknown-version": [
    "These runs are in no funnel.",
    "Declare the version beside the others: each has a funnel of its own, and hypotheses count all."
  ],
  synthetic: [
    "None, as they are left out.",
    "Use --synthetic include to count them, or only to see nothing else."
  ],
  duplicates: [
    "None here: each counts once. A backend that only counts spans counts them twice.",
    "There, leave out what carries throughline.event.resent."
  ],
  forged: [
    "They count as a browser\u2019s word: a server\u2019s outcome overrides them.",
    "If these are your servers, send to the internal endpoint (or with the token); if not, somebody forges outcomes."
  ],
  behind: [
    "What the views do not have is in no figure: everything is too small.",
    'Run "throughline schema --clickhouse URL", which fills them; "throughline dev" does so by itself at its start.'
  ]
};
var warning = (text2, kind) => ({
  level: "warning",
  text: text2,
  ...kind && { kind }
});
var info = (text2, kind) => ({
  level: "info",
  text: text2,
  ...kind && { kind }
});
var explain = (notes, fallback) => notes.map((note) => {
  const kind = note.kind ?? fallback;
  const [effect, advice] = MEANING[kind];
  return { ...note, kind, effect, advice };
});

// packages/analysis/src/ask/arrived.ts
var FEW = 50;
var MOST = 900;
var VERSIONS_NAMED = 8;
function otherVersions(journey, declared2, others2) {
  if (others2.length === 0) return [];
  const sorted = [...others2].sort((a, b) => b.runs - a.runs || (a.version < b.version ? -1 : 1));
  const runs = others2.reduce((sum2, other) => sum2 + other.runs, 0);
  const named = sorted.slice(0, VERSIONS_NAMED).map((row) => `${row.version || "none"} (${row.runs})`);
  if (sorted.length > VERSIONS_NAMED) named.push(`${sorted.length - VERSIONS_NAMED} more`);
  const version = declared2.length > 1 ? "the versions" : "version";
  return [
    info(
      `${plural(runs, "run")} of ${journey} are not of ${version} ${declared2.join(", ")} and are left out. Runs by version: ${named.join(", ")}.`,
      "unknown-version"
    )
  ];
}
function neverSeen({ name, version, steps, converts }, versions, seen) {
  const own = versions.find((row) => row.journey === name && row.version === version);
  const missing = steps.filter(
    (step) => !seen.some((row) => row.journey === name && row.version === version && row.step === step.name)
  );
  if (!own || own.runs < FEW || seen.length >= MOST) return [];
  return missing.filter((step) => step.name !== converts).map(
    (step) => warning(`None of ${plural(own.runs, "run")} of ${name} entered the step ${step.name}.`, "never-seen")
  );
}
async function arrivals(scope) {
  const rows = await scope.ask("arrived");
  const journeysSeen = rows.filter((row) => row.journey && !row.version && !row.step);
  const versions = rows.filter((row) => row.journey && row.version && !row.step);
  const steps = rows.filter((row) => row.step);
  return {
    versionsOf: (journey) => versions.filter((row) => row.journey === journey).map((row) => row.version),
    notes(journeys) {
      const declared2 = (name) => journeys.filter((journey) => journey.name === name);
      const names = [...new Set(journeys.map(({ name }) => name))].join(", ");
      return [
        ...journeysSeen.filter((row) => !declared2(row.journey).length).map(
          (row) => info(
            `${plural(row.runs, "run")} of \`${row.journey}\` arrived, which is not declared; you declare ${names}.`,
            "undeclared"
          )
        ),
        ...[...new Set(journeys.map(({ name }) => name))].flatMap((name) => {
          const known2 = declared2(name).map(({ version }) => version);
          return otherVersions(
            name,
            known2,
            versions.filter((row) => row.journey === name && !known2.includes(row.version))
          );
        }),
        ...steps.flatMap((row) => {
          const own = declared2(row.journey).find(({ version }) => version === row.version);
          if (!own || own.steps.some(({ name }) => name === row.step)) return [];
          const known2 = own.steps.map(({ name }) => name).join(", ");
          return [
            info(
              `${count(row.runs)} runs of ${row.journey} entered a step \`${row.step}\`, which is not declared (${known2}); those visits are left out.`,
              "undeclared"
            )
          ];
        }),
        ...journeys.flatMap((journey) => neverSeen(journey, versions, steps))
      ];
    }
  };
}

// packages/analysis/src/ask/causes.ts
var iso = (ms) => new Date(ms).toISOString();
var MOST2 = 20;
function worthIt(errors, wanted) {
  if (wanted !== void 0) return [wanted];
  const frequent = [...errors].sort((a, b) => b.occurrences - a.occurrences).slice(0, MOST2 / 2);
  return [...new Set([...errors.slice(0, MOST2), ...frequent].map(({ key }) => key))];
}
async function withCauses(scope, errors, wanted) {
  const keys = worthIt(errors, wanted);
  if (!errors.length || !keys.length) return [...errors];
  const rows = await scope.ask("causes", { keys });
  const known2 = new Map(rows.map((row) => [row.fingerprint, row]));
  return errors.map((error) => {
    const row = known2.get(error.key);
    if (!row) return error;
    const { releases, browsers, stack } = row;
    const cause = {
      firstSeen: iso(row.firstSeen),
      lastSeen: iso(row.lastSeen),
      releases,
      browsers,
      stack,
      examples: row.examples.map(([at, run, trace]) => ({ run, trace, at: iso(at) }))
    };
    return { ...error, cause };
  });
}

// packages/analysis/src/infer/distributions.ts
import jstat2 from "jstat";

// packages/analysis/src/infer/gamma.ts
import jstat from "jstat";
function upperGamma(a, x) {
  if (x < a + 1) return 1 - jstat.lowRegGamma(a, x);
  if (x === Number.POSITIVE_INFINITY) return 0;
  let b = x + 1 - a;
  let c = Number.POSITIVE_INFINITY;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < 1e3; n++) {
    const term = -n * (n - a);
    b += 2;
    d = 1 / (term * d + b);
    c = b + term / c;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return Math.exp(a * Math.log(x) - x - jstat.gammaln(a)) * fraction;
}

// packages/analysis/src/infer/distributions.ts
var normalQuantile = (p) => jstat2.normal.inv(p, 0, 1);
var studentQuantile = (p, freedom) => Number.isFinite(freedom) ? jstat2.studentt.inv(p, freedom) : normalQuantile(p);
var studentTwoSided = (t, freedom) => Number.isFinite(freedom) ? 2 * jstat2.studentt.cdf(-Math.abs(t), freedom) : upperGamma(0.5, t ** 2 / 2);
var chiSquareTail = (x, freedom) => upperGamma(freedom / 2, x / 2);

// packages/analysis/src/infer/proportion.ts
function wilson(successes, trials, level = 0.95) {
  if (trials === 0) return { value: 0, low: 0, high: 1 };
  const z = normalQuantile((1 + level) / 2);
  const share = successes / trials;
  const scale2 = 1 + z ** 2 / trials;
  const centre = (share + z ** 2 / (2 * trials)) / scale2;
  const half = z / scale2 * Math.sqrt(share * (1 - share) / trials + z ** 2 / (4 * trials ** 2));
  return { value: share, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

// packages/analysis/src/ask/journey-scope.ts
var FARTHEST_AHEAD = 3 * 864e5;
var windowParams = ({ since, until, now }) => ({
  since,
  until,
  now,
  last: until >= now ? Math.max(until, now + FARTHEST_AHEAD) : until
});
function foldParams({ name, steps, converts, within }) {
  let previous = 0;
  return {
    journey: name,
    steps: steps.map((step) => step.name),
    // For each step the last required one before it.
    previous: steps.map((step, index) => {
      const before = previous;
      if (!step.optional) previous = index + 1;
      return before;
    }),
    required: Math.max(1, steps.findIndex((step) => !step.optional) + 1),
    converts: steps.findIndex((step) => step.name === converts) + 1,
    within
  };
}
async function keepRuns(scope) {
  let before;
  for (const step of ["gathered", "paths", "timed", "run_units", "runs"]) {
    await scope.keep(step);
    if (before) await scope.drop(before);
    before = step;
  }
}
async function openJourney(report, params, journey, window, { by, from, shared }) {
  const scope = report.scope(
    {
      ...params,
      ...foldParams(journey),
      ...windowParams(window),
      versions: [journey.version],
      listed: 1,
      from,
      asOf: window.until
    },
    shared
  );
  await keepRuns(scope);
  if (by === "subject") await scope.keep("subjects");
  await scope.keep("steps");
  return scope.extend({}, { counted: scope.textOf(by === "run" ? "runs" : "subjects") });
}

// packages/analysis/src/ask/funnel.ts
var quantiles = (row) => row ? { p50: row.quantiles[0], p75: row.quantiles[1], p95: row.quantiles[2] } : null;
function sumOf(rows) {
  const sums = /* @__PURE__ */ new Map();
  for (const { currency, amount } of rows) sums.set(currency, (sums.get(currency) ?? 0) + amount);
  return [...sums].map(([currency, amount]) => ({ currency, amount })).sort((a, b) => b.amount - a.amount || (a.currency < b.currency ? -1 : 1));
}
async function funnel(scope, journey, by) {
  const { previous, converts } = foldParams(journey);
  const [rows, times2, visits, values] = await Promise.all([
    scope.ask("funnel"),
    scope.ask("step-times"),
    scope.ask("visits"),
    scope.ask("values", { known: by === "subject" ? 1 : 0 })
  ]);
  const total = (pick, of = (row) => row.units) => rows.filter(pick).reduce((sum2, row) => sum2 + of(row), 0);
  const units = total(() => true);
  const conversions = total((row) => row.converted);
  const started = total((row) => !row.later);
  const going = total((row) => row.going);
  const reached = journey.steps.map(
    (_, index) => total(
      (row) => !row.later,
      (row) => row.reached[index]
    )
  );
  const timeFrom = (place) => quantiles(times2.find((row) => row.place === place));
  const steps = journey.steps.map((step, index) => {
    const visited = visits.find((row) => row.step === step.name);
    const ready = quantiles(visited?.measured ? visited : void 0);
    const target = journey.ready[step.name]?.p75;
    const required = previous[index] - 1;
    const before = required < 0 ? started : reached[required];
    const onward = index === converts - 1 ? total(
      (row) => !row.later && row.converted,
      (row) => row.onward
    ) : reached[index];
    const stays = (row) => !row.later && !row.converted && row.furthest === index + 1;
    return {
      name: step.name,
      index,
      optional: step.optional,
      reached: reached[index],
      fromStart: wilson(reached[index], started),
      fromPrevious: index === 0 ? { value: 1, low: 1, high: 1 } : wilson(Math.min(onward, before), before),
      droppedOff: total((row) => stays(row) && !row.going),
      stillGoing: total((row) => stays(row) && row.going),
      timeToNext: timeFrom(index + 1),
      ready,
      readiness: target === void 0 ? null : { p75AtMost: target, met: ready ? ready.p75 <= target : null },
      attempts: {
        mean: visited ? visited.visits / visited.runs : 0,
        returned: visited?.returned ?? 0,
        failed: visited?.failed ?? 0
      }
    };
  });
  return {
    name: journey.name,
    version: journey.version,
    runs: units,
    conversions,
    rate: wilson(conversions, units),
    value: sumOf(values),
    beganLater: {
      runs: total((row) => row.later),
      conversions: total((row) => row.later && row.converted),
      stillGoing: total((row) => row.later && row.going),
      value: sumOf(values.filter((row) => row.later))
    },
    stillGoing: total((row) => !row.later && row.going),
    finishedRate: going ? wilson(conversions, units - going) : null,
    timeToConvert: timeFrom(0),
    steps,
    capped: total(
      () => true,
      (row) => row.capped
    )
  };
}

// packages/analysis/src/infer/compare.ts
function proportionSample(successes, count2) {
  const mean = count2 ? successes / count2 : 0;
  const varied = mean === 0 || mean === 1 ? (successes + 1) / (count2 + 2) : mean;
  return { count: count2, mean, variance: varied * (1 - varied) };
}
function difference(control, treatment, relative) {
  const errorOf = ({ variance, count: count2 }) => variance / count2;
  const [a, b] = [errorOf(control), errorOf(treatment)];
  const absolute = Math.sqrt(a + b);
  const scale2 = relative ? Math.abs(control.mean) : 1;
  if (control.count < 2 || treatment.count < 2 || !(absolute > 0) || scale2 === 0) return null;
  const standardError = relative ? Math.sqrt(b / control.mean ** 2 + a * treatment.mean ** 2 / control.mean ** 4) : absolute;
  return {
    value: (treatment.mean - control.mean) / scale2,
    standardError,
    freedom: (a + b) ** 2 / (a ** 2 / (control.count - 1) + b ** 2 / (treatment.count - 1)),
    count: control.count + treatment.count
  };
}
var pValue = ({ value, standardError, freedom }) => studentTwoSided(value / standardError, freedom);
function fixedInterval(difference2, alpha = 0.05) {
  const half = studentQuantile(1 - alpha / 2, difference2.freedom) * difference2.standardError;
  return { value: difference2.value, low: difference2.value - half, high: difference2.value + half };
}
var TUNED_FOR = 5e3;
function intrinsicTime(count2, alpha) {
  return count2 * (-2 * Math.log(alpha) + Math.log(-2 * Math.log(alpha) + 1)) / TUNED_FOR;
}
function sequentialFactor(count2, alpha = 0.05) {
  const time = intrinsicTime(count2, alpha);
  return Math.sqrt(2 * (time + 1) / time * Math.log(Math.sqrt(time + 1) / alpha));
}
function oneSidedFactor(count2, alpha = 0.05) {
  const time = intrinsicTime(count2, 2 * alpha);
  return Math.sqrt(2 * (time + 1) / time * Math.log(1 + Math.sqrt(time + 1) / (2 * alpha)));
}
function sequentialInterval(difference2, alpha = 0.05) {
  const half = sequentialFactor(difference2.count, alpha) * difference2.standardError;
  return { value: difference2.value, low: difference2.value - half, high: difference2.value + half };
}
function sequentialP({ value, standardError, count: count2 }, alpha = 0.05) {
  const time = intrinsicTime(count2, alpha);
  const z2 = (value / standardError) ** 2;
  return Math.min(1, Math.sqrt(time + 1) * Math.exp(-z2 * time / (2 * (time + 1))));
}

// packages/analysis/src/infer/power.ts
function neededPerGroup(base, effect, sequential, alpha = 0.05) {
  const treated = Math.min(1, Math.max(0, base + effect));
  const variance = proportionSample(base, 1).variance + treated * (1 - treated);
  const shortBy = (count2) => {
    const factor = sequential ? sequentialFactor(2 * count2, alpha) : normalQuantile(1 - alpha / 2);
    return (factor + normalQuantile(0.8)) * Math.sqrt(variance / count2) - Math.abs(effect);
  };
  let [low, high] = [1, 2];
  while (shortBy(high) > 0) [low, high] = [high, high * 2];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (shortBy(middle) > 0) low = middle;
    else high = middle;
  }
  return high;
}
var MOST3 = 1e7;
function neededForBound(count2, { value, low, high }, limit) {
  const half = value > limit ? value - low : high - value;
  const total = count2 * (half / (value - limit)) ** 2;
  return Number.isFinite(total) && total < MOST3 ? Math.max(1, Math.ceil(total - count2)) : null;
}

// packages/analysis/src/infer/sample-ratio.ts
function sampleRatio(counts, weights) {
  const total = counts.reduce((sum2, count2) => sum2 + count2, 0);
  if (total === 0) return 1;
  const declared2 = weights.reduce((sum2, weight) => sum2 + weight, 0);
  const distance = counts.reduce((sum2, count2, index) => {
    const expected = total * weights[index] / declared2;
    return sum2 + (count2 - expected) ** 2 / expected;
  }, 0);
  return chiSquareTail(distance, counts.length - 1);
}

// packages/analysis/src/infer/effect.ts
var INTERVAL_NAMES = {
  sequential: "always-valid interval",
  fixed: "fixed-horizon interval"
};
var NOTHING = { low: -0.5, high: 1 };
function effectOf({ relative, absolute, expected }, decidedBy) {
  const inPoints = expected.relative === void 0;
  const effect = inPoints ? absolute : relative;
  const write = inPoints ? points : change;
  const expectedValue = expected.relative ?? expected.absolute ?? 0;
  const { low, high } = relative[decidedBy];
  return {
    deciding: effect[decidedBy],
    other: effect[decidedBy === "fixed" ? "sequential" : "fixed"],
    expectedValue,
    expected: declared(write(expectedValue)),
    write,
    /** Whether the interval that decides is narrow enough to be written down. */
    tells: !(low <= NOTHING.low && high >= NOTHING.high)
  };
}

// packages/analysis/src/infer/verdict.ts
var SAMPLE_RATIO_ALPHA = 1e-3;
var MULTIPLE_VARIANTS_AT_MOST = 0.01;
function problems({ hypothesis, subjects, sampleRatio: sampleRatio2, leftOut }) {
  const met = subjects + leftOut.multipleVariants + leftOut.immature;
  const found = [];
  if (!sampleRatio2.ok)
    found.push(
      `The variants' subjects are not split as declared (${hypothesis.weights.map((share) => declared(percent(share))).join(" / ")}): ${probability(sampleRatio2.p)}. Some subjects are lost or assigned wrongly, so no comparison can be believed.`
    );
  if (leftOut.multipleVariants > MULTIPLE_VARIANTS_AT_MOST * met)
    found.push(
      `${count(leftOut.multipleVariants)} of ${count(met)} subjects met more than one variant (at most ${declared(percent(MULTIPLE_VARIANTS_AT_MOST))} can be put up with): the assignment does not stick.`
    );
  return found;
}
function whatIsMissing({ subjects, leftOut: { immature }, within }) {
  if (subjects)
    return "Conversions do not vary yet, or a variant has too few subjects, so nothing can be compared.";
  if (immature)
    return `${plural(immature, "subject")} met a variant less than ${duration(within)} ago and may still convert: they count once that time has passed.`;
  return "No subject that can be counted has met a variant yet.";
}
function standing(comparison, decidedBy) {
  const { deciding, expected, expectedValue, write, tells } = effectOf(comparison, decidedBy);
  const { low, high } = deciding;
  const [least, most] = expectedValue > 0 ? [low, high] : [-high, -low];
  const interval = `${INTERVAL_NAMES[decidedBy]} `;
  return {
    change: tells ? `${comparison.variant} changes conversion by ${withInterval(deciding, write, interval)}` : `How ${comparison.variant} changes conversion is too little to tell`,
    expected,
    works: least > 0,
    tooSmall: most < Math.abs(expectedValue)
  };
}
var nameOf = ({ variant, metric, step }) => `The guardrail on ${metric}${step ? ` at ${step}` : ""} (${variant})`;
function block(what, { expectedAt }) {
  return { ...what, about: what.subjects && expectedAt(what.subjects)?.toISOString() || null };
}
function guardrailBlocker(guardrail, evidence) {
  const { measured, limit, metric, step, variant, status } = guardrail;
  const most = limit.p75AtMost ?? limit.relativeAtMost;
  const bound = metric === "conversion" && limit.p75AtMost === void 0 ? -most : most;
  const subjects = status === "unknown" && measured ? neededForBound(evidence.smallest, measured, bound) : null;
  return block({ guardrail: metric, step, variant, subjects }, evidence);
}
function wait({ subjects, about }, timeZone) {
  if (subjects === null) return "how many more subjects that takes is not known yet";
  const when = about ? `, until about ${day(about, timeZone)} at the pace so far` : "";
  return `about ${plural(subjects, "more subject")} per variant would tell${when}`;
}
function judge(evidence) {
  const { comparisons, guardrails, decidedBy, stillNeeded, timeZone } = evidence;
  const invalid = problems(evidence);
  if (invalid.length) return { verdict: "invalid", reasons: invalid, blockers: [] };
  if (!comparisons.length)
    return { verdict: "inconclusive", reasons: [whatIsMissing(evidence)], blockers: [] };
  const treatments = comparisons.map((comparison) => {
    const own = guardrails.filter((guardrail) => guardrail.variant === comparison.variant);
    return { ...standing(comparison, decidedBy), variant: comparison.variant, guardrails: own };
  });
  const supported = treatments.find(
    ({ works, guardrails: own }) => works && own.every(({ status }) => status === "holds")
  );
  const refuted = !supported && treatments.every(({ tooSmall }) => tooSmall);
  const reasons = treatments.map(({ change: change2, expected, works, tooSmall }) => {
    if (works && tooSmall) return `${change2}: an effect, but smaller than expected (${expected}).`;
    if (works) return `${change2}: an effect in the expected direction.`;
    if (tooSmall) return `${change2}: the expected ${expected} can be ruled out.`;
    return `${change2}: neither 0 nor the expected ${expected} can be ruled out.`;
  });
  const verdict = supported ? "supported" : refuted ? "refuted" : "inconclusive";
  const blockers = [];
  if (verdict === "inconclusive") {
    for (const { variant, works, tooSmall } of treatments)
      if (!works && !tooSmall)
        blockers.push(block({ guardrail: null, step: null, variant, subjects: stillNeeded }, evidence));
  }
  for (const guardrail of guardrails) {
    if (guardrail.status === "holds") continue;
    const blocker = guardrailBlocker(guardrail, evidence);
    if (verdict === "inconclusive") blockers.push(blocker);
    if (guardrail.status === "violated")
      reasons.unshift(
        `${nameOf(guardrail)} is violated, which blocks "supported" however many more subjects come.`
      );
    else
      reasons.push(
        `${nameOf(guardrail)} cannot be told yet, which blocks "supported": ${wait(blocker, timeZone)}.`
      );
  }
  for (const blocker of blockers)
    if (blocker.guardrail === null)
      reasons.push(`The effect of ${blocker.variant} blocks a verdict: ${wait(blocker, timeZone)}.`);
  return { verdict, reasons, blockers };
}

// packages/analysis/src/infer/quantile-ratio.ts
function quantileRatio(base, other, factor) {
  if (![base, other].every(({ low, high }) => low > 0 && high !== null)) return null;
  const error = (one) => Math.log(one.high / one.low) / 2 / one.factor;
  const half = factor * Math.hypot(error(base), error(other));
  const value = other.value / base.value;
  return { value, low: value * Math.exp(-half), high: value * Math.exp(half) };
}

// packages/analysis/src/infer/ratio.ts
function scoreOf([y, m], [x, n], ratio) {
  const b = x + m + ratio * (y + n);
  const root = Math.sqrt(Math.max(0, b ** 2 - 4 * ratio * (m + n) * (x + y)));
  const base = 2 * (x + y) / (b + root);
  const other = Math.min(1, ratio * base);
  const variance = other * (1 - other) / n + ratio ** 2 * base * (1 - base) / m;
  return variance > 0 ? (x / n - ratio * y / m) / Math.sqrt(variance) : 0;
}
function shareRatio(base, other, z = normalQuantile(0.975)) {
  const [y, m] = base;
  const [x, n] = other;
  if (!(m > 0 && n > 0 && x + y > 0)) return null;
  const bound = (to) => {
    let [low, high] = [-40, 40];
    for (let step = 0; step < 70; step++) {
      const middle = (low + high) / 2;
      if (scoreOf(base, other, Math.exp(middle)) > to) low = middle;
      else high = middle;
    }
    return Math.exp(low);
  };
  return {
    value: x / n / (y / m),
    low: x === 0 ? 0 : bound(z),
    high: y === 0 ? Number.POSITIVE_INFINITY : bound(-z)
  };
}

// packages/analysis/src/ask/guardrails.ts
var ALPHA = 0.05;
var factorOf = (units, decidedBy) => decidedBy === "fixed" ? normalQuantile(1 - ALPHA) : oneSidedFactor(Math.max(1, units), ALPHA);
var quantileOf = ({ p75, ...bounds }) => ({ ...bounds, value: p75 });
function statusOf({ low, high }, limit) {
  if (low > limit) return "violated";
  return high <= limit ? "holds" : "unknown";
}
var changeOf = (ratio) => ratio && { value: ratio.value - 1, low: ratio.low - 1, high: ratio.high - 1 };
function relativeShare(control, treatment, decidedBy) {
  return changeOf(shareRatio(control, treatment, factorOf(control[1] + treatment[1], decidedBy)));
}
function relativeQuantile(control, treatment, decidedBy) {
  const factor = factorOf(control.subjects + treatment.subjects, decidedBy);
  return changeOf(quantileRatio(quantileOf(control), quantileOf(treatment), factor));
}
async function measure(scope, guardrail, control, treatments, decidedBy) {
  if (guardrail.metric === "conversion")
    return treatments.map(
      (treatment) => relativeShare(
        [control.conversions, control.subjects],
        [treatment.conversions, treatment.subjects],
        decidedBy
      )
    );
  if (guardrail.metric === "errors") {
    const rows2 = await scope.ask("guardrail-errors");
    const share = ({ variant }) => {
      const row2 = rows2.find((one) => one.variant === variant);
      return [row2?.affected ?? 0, row2?.subjects ?? 0];
    };
    return treatments.map((treatment) => relativeShare(share(control), share(treatment), decidedBy));
  }
  const rows = await scope.ask("guardrail-quantile", {
    metric: guardrail.metric,
    z: normalQuantile(1 - ALPHA),
    // 0: the bounds are those of a time fixed beforehand.
    rho2: decidedBy === "fixed" ? 0 : intrinsicTime(1, 2 * ALPHA),
    alpha: ALPHA
  });
  const row = ({ variant }) => rows.find((one) => one.variant === variant);
  return treatments.map((treatment) => {
    const [base, own] = [row(control), row(treatment)];
    if (!own) return null;
    if (guardrail.relativeAtMost !== void 0) return base ? relativeQuantile(base, own, decidedBy) : null;
    return own.high === null ? null : { value: own.p75, low: own.low, high: own.high };
  });
}
async function checkGuardrails(scope, hypothesis, journey, groups, decidedBy) {
  const [control, ...treatments] = groups;
  const from = Math.max(
    0,
    journey.steps.findIndex((step) => step.name === hypothesis.from)
  );
  const results = [];
  for (const guardrail of hypothesis.guardrails) {
    const { metric, step, p75AtMost, relativeAtMost } = guardrail;
    const guarded = step ? [step] : journey.steps.slice(from).map(({ name }) => name);
    const found = await measure(scope.extend({ guarded }), guardrail, control, treatments, decidedBy);
    found.forEach((measured, index) => {
      const worse2 = measured && metric === "conversion" ? { value: -measured.value, low: -measured.high, high: -measured.low } : measured;
      results.push({
        variant: treatments[index].variant,
        metric,
        step: step ?? null,
        limit: p75AtMost === void 0 ? { relativeAtMost } : { p75AtMost },
        // A ratio to nothing is no number, though its lower bound may tell enough.
        measured: measured && Number.isFinite(measured.value) ? measured : null,
        status: worse2 ? statusOf(worse2, p75AtMost ?? relativeAtMost) : "unknown"
      });
    });
  }
  return results;
}

// packages/analysis/src/ask/hypotheses.ts
var clip = ({ value, low, high }, most, p, tests) => ({
  value,
  low: Math.max(-1, low),
  high: Math.min(most, high),
  // As the intervals, it allows for the number of comparisons.
  p: Math.min(1, p * tests)
});
var intervals = (found, most, tests) => {
  const alpha = 0.05 / tests;
  return {
    fixed: clip(fixedInterval(found, alpha), most, pValue(found), tests),
    sequential: clip(sequentialInterval(found, alpha), most, sequentialP(found, alpha), tests)
  };
};
function compare(control, treatment, expected, tests) {
  const samples = [control, treatment].map((group) => proportionSample(group.conversions, group.subjects));
  const [relative, absolute] = [true, false].map((kind) => difference(samples[0], samples[1], kind));
  if (!relative || !absolute) return null;
  return {
    variant: treatment.variant,
    relative: intervals(relative, Number.POSITIVE_INFINITY, tests),
    absolute: intervals(absolute, 1, tests),
    expected
  };
}
var withRates = (groups) => groups.map((group, index) => ({
  ...group,
  control: index === 0,
  rate: wilson(group.conversions, group.subjects)
}));
var FAR = 3 * 365 * 864e5;
function paceFrom(perVariant, since, asOf, within) {
  return (subjects) => {
    const wait2 = subjects * (asOf - since) / perVariant + within;
    return perVariant > 1 && asOf - since >= 36e5 && wait2 < FAR ? new Date(asOf + wait2) : null;
  };
}
async function analyseHypothesis(runs, hypothesis, journey, window, timeZone) {
  const end = hypothesis.until ? Date.parse(hypothesis.until) : Number.POSITIVE_INFINITY;
  const scope = runs.extend(
    {
      hypothesis: hypothesis.id,
      variants: hypothesis.variants,
      exposedFrom: window.since,
      exposedUntil: Math.min(window.until, end)
    },
    { versions: runs.textOf("runs") }
  );
  await scope.keep("exposed");
  await scope.keep("owned");
  const rows = await scope.ask("hypothesis");
  const total = (pick, what = "subjects") => rows.filter(pick).reduce((sum2, row) => sum2 + row[what], 0);
  const known2 = (row) => !row.anonymous && !row.multiple;
  const countsOf = (pick) => hypothesis.variants.map((variant) => {
    const own = (row) => known2(row) && pick(row) && row.variant === variant;
    return { variant, subjects: total(own), conversions: total(own, "conversions") };
  });
  const groups = countsOf((row) => Boolean(row.mature));
  const all = countsOf(() => true);
  const [control, ...treatments] = groups;
  const subjects = groups.reduce((sum2, group) => sum2 + group.subjects, 0);
  const leftOut = {
    multipleVariants: total((row) => !row.anonymous && Boolean(row.multiple)),
    underTwoNames: total((row) => !row.anonymous && Boolean(row.aliased)),
    immature: total((row) => known2(row) && !row.mature),
    withoutSubject: total((row) => Boolean(row.anonymous))
  };
  const met = all.map((group) => group.subjects);
  const p = sampleRatio(met, hypothesis.weights);
  const alpha = 0.05 / treatments.length;
  const { relative, absolute } = hypothesis.expect;
  const expected = relative === void 0 ? { absolute } : { relative };
  const comparisons = treatments.map((treatment) => compare(control, treatment, expected, treatments.length)).filter((comparison) => comparison !== null);
  const decidedBy = window.until >= end || subjects >= (hypothesis.sampleSize ?? Number.POSITIVE_INFINITY) ? "fixed" : "sequential";
  const base = control.subjects ? control.conversions / control.subjects : 0;
  const effect = relative === void 0 ? absolute : relative * base;
  const smallest = Math.min(...groups.map((group) => group.subjects));
  const missing = effect && base < 1 ? neededPerGroup(base, effect, decidedBy === "sequential", alpha) - smallest : 0;
  const evidence = {
    hypothesis,
    within: journey.within,
    subjects,
    smallest,
    sampleRatio: { p, ok: p >= SAMPLE_RATIO_ALPHA, expected: hypothesis.weights },
    leftOut,
    comparisons,
    guardrails: await checkGuardrails(scope, hypothesis, journey, groups, decidedBy),
    decidedBy,
    stillNeeded: missing > 0 ? missing : null,
    expectedAt: paceFrom(
      Math.min(...met),
      Math.min(...rows.filter(known2).map(({ since }) => since / 1e3)),
      Math.min(window.until, window.now),
      journey.within
    ),
    timeZone
  };
  const { verdict, reasons, blockers } = judge(evidence);
  return {
    id: hypothesis.id,
    statement: hypothesis.statement,
    journey: journey.name,
    verdict,
    reasons,
    variants: withRates(groups),
    comparisons,
    guardrails: evidence.guardrails,
    sampleRatio: evidence.sampleRatio,
    leftOut,
    preliminary: leftOut.immature && smallest === 0 ? withRates(all) : null,
    decidedBy,
    blockers
  };
}

// packages/analysis/src/infer/strata.ts
var Z = normalQuantile(0.975);
var pooled = (strata) => strata.reduce(
  (sum2, stratum) => ({
    exposed: sum2.exposed + stratum.exposed,
    exposedConversions: sum2.exposedConversions + stratum.exposedConversions,
    others: sum2.others + stratum.others,
    otherConversions: sum2.otherConversions + stratum.otherConversions
  }),
  { exposed: 0, exposedConversions: 0, others: 0, otherConversions: 0 }
);
function oddsRatio(strata) {
  let [r, s, pr, psqr, qs] = [0, 0, 0, 0, 0];
  for (const { exposed, exposedConversions: a, others: others2, otherConversions: c } of strata) {
    const [b, d, n] = [exposed - a, others2 - c, exposed + others2];
    if (exposed === 0 || others2 === 0) continue;
    const [R, S] = [a * d / n, b * c / n];
    const [P, Q] = [(a + d) / n, (b + c) / n];
    r += R;
    s += S;
    pr += P * R;
    psqr += P * S + Q * R;
    qs += Q * S;
  }
  if (r === 0 || s === 0) return null;
  const value = r / s;
  const half = Z * Math.sqrt(pr / (2 * r * r) + psqr / (2 * r * s) + qs / (2 * s * s));
  return { value, low: value * Math.exp(-half), high: value * Math.exp(half) };
}
function lostConversions(strata) {
  let [value, variance] = [0, 0];
  const both = strata.filter(({ exposed, others: others2 }) => exposed > 0 && others2 > 0);
  for (const { exposed, exposedConversions, others: others2, otherConversions } of both) {
    const spread = (conversions, count2) => {
      const share = (conversions + 1) / (count2 + 2);
      return share * (1 - share);
    };
    value += exposed * otherConversions / others2 - exposedConversions;
    variance += exposed ** 2 / others2 * spread(otherConversions, others2) + exposed * spread(exposedConversions, exposed);
  }
  if (!both.length) return null;
  const half = Z * Math.sqrt(variance);
  return { value, low: value - half, high: value + half };
}

// packages/analysis/src/ask/slices.ts
var VISITS = 5e5;
var DAY3 = 864e5;
async function bySlice(scope, ask) {
  if (!scope.keeps) return ask(scope);
  const rows = [];
  const days = await scope.ask("steps-by-day");
  for (let from = 0, visits = 0, at = 0; at < days.length; at++) {
    visits += days[at].visits;
    if (visits < VISITS && at < days.length - 1) continue;
    rows.push(...await ask(scope.extend({ since: days[from].day, last: days[at].day + DAY3 - 1 })));
    from = at + 1;
    visits = 0;
  }
  return rows;
}

// packages/analysis/src/ask/strata.ts
var PHASES = [0, 1e4, 6e4];
var LANDMARK_PHASE = 2;
var DIMENSIONS = ["device", "network", "country"];
var stratumKey = ({ device, network, country }) => JSON.stringify([device, network, country]);
var stepStrata = (scope) => scope.ask("step-strata", { phases: PHASES });
var recordedDimensions = (strata) => DIMENSIONS.filter((dimension) => new Set(strata.map((stratum) => stratum[dimension])).size > 1);
function groupBy(rows, key) {
  const groups = /* @__PURE__ */ new Map();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group) group.push(row);
    else groups.set(key(row), [row]);
  }
  return groups;
}

// packages/analysis/src/ask/latency.ts
var WEB_DEV = {
  lcp: [1250, 2500, 4e3],
  cls: [0.05, 0.1, 0.25],
  fcp: [900, 1800, 3e3],
  ttfb: [400, 800, 1800],
  "first-interaction": [100, 200, 500]
};
var MEASURES = ["ready", "lcp", "first-interaction", "cls", "fcp", "ttfb"];
function edgesOf(step, measure2) {
  const vital = WEB_DEV[measure2];
  if (vital) return { edges: vital, slowAbove: 1, source: "web.dev" };
  const target = step.readiness?.p75AtMost;
  if (target) return { edges: [target / 2, target, target * 2], slowAbove: 1, source: "declared" };
  if (!step.ready) return null;
  return { edges: [step.ready.p50, step.ready.p75, step.ready.p95], slowAbove: 1, source: "quantiles" };
}
function labelOf(from, to, unit) {
  const text2 = unit === "score" ? score : duration;
  if (from === 0) return `up to ${text2(to)}`;
  return to === null ? `over ${text2(from)}` : `${text2(from)} to ${text2(to)}`;
}
var add = (rows) => rows.reduce(
  (sum2, row) => ({ visits: sum2.visits + row.visits, conversions: sum2.conversions + row.conversions }),
  { visits: 0, conversions: 0 }
);
function bucketsOf(rows, { edges, slowAbove }, unit, missing) {
  const bounds = [0, ...edges, null];
  const buckets = [0, 1, 2, 3].map((bucket) => {
    const counts = add(rows.filter((row) => row.bucket === bucket));
    const [from, to] = [bounds[bucket], bounds[bucket + 1] ?? null];
    const rate = wilson(counts.conversions, counts.visits);
    return { label: labelOf(from, to, unit), from, to, slow: bucket > slowAbove, ...counts, rate };
  });
  if (missing.visits > 0)
    buckets.push({
      label: "not measured",
      from: null,
      to: null,
      slow: false,
      ...missing,
      rate: wilson(missing.conversions, missing.visits)
    });
  return buckets;
}
function strataOf(rows, slowAbove) {
  const groups = groupBy(rows, stratumKey);
  return [...groups.values()].map((group) => {
    const slow = add(group.filter((row) => row.bucket > slowAbove));
    const fast = add(group.filter((row) => row.bucket <= slowAbove));
    return {
      exposed: slow.visits,
      exposedConversions: slow.conversions,
      others: fast.visits,
      otherConversions: fast.conversions
    };
  });
}
async function latency(scope, steps, totals) {
  const wanted = steps.flatMap(
    (step) => MEASURES.flatMap((measure2) => {
      const edges = edgesOf(step, measure2);
      return edges ? [{ step: step.name, measure: measure2, ...edges }] : [];
    })
  );
  const [navigations] = await scope.ask("navigations");
  const rows = await bySlice(scope.extend({ navigations: navigations?.types ?? [] }), async (slice) => {
    await slice.keep("measured");
    const [row] = slice.keeps ? await slice.ask("several") : [];
    const found = await slice.ask("latency", {
      several: row?.found ? 1 : 0,
      measures: wanted.map(({ step, measure: measure2 }) => `${step} ${measure2}`),
      edges: wanted.flatMap(({ edges }) => [...edges]),
      landmark: PHASES[LANDMARK_PHASE - 1]
    });
    await slice.drop("measured");
    return found;
  });
  return wanted.flatMap((want) => {
    const { step, measure: measure2, edges, slowAbove, source } = want;
    const measured = rows.filter((row) => row.step === step && row.measure === measure2);
    const phase = measure2 === "cls" ? LANDMARK_PHASE : 1;
    const all = add(totals.filter((total) => total.step === step && total.phase === phase));
    const known2 = add(measured);
    const missing = {
      visits: all.visits - known2.visits,
      conversions: all.conversions - known2.conversions
    };
    const unit = measure2 === "cls" ? "score" : "ms";
    return [...groupBy(measured, (row) => row.navigation)].map(([navigation, own]) => {
      const strata = strataOf(own, slowAbove);
      return {
        step,
        measure: measure2,
        navigationType: navigation || null,
        unit,
        threshold: { slowFrom: edges[slowAbove], source },
        buckets: bucketsOf(own, want, unit, missing),
        crude: oddsRatio([pooled(strata)]),
        adjusted: oddsRatio(strata),
        strata: recordedDimensions(own),
        lost: lostConversions(strata)
      };
    });
  });
}

// packages/analysis/src/ask/leaving.ts
var LEAVING_REASONS = [
  "error",
  "failing-request",
  "not-ready",
  "slow",
  "went-back",
  "at-once",
  "other"
];
var AT_ONCE = 2e3;
async function withReasons(scope, journey, steps) {
  const rows = await scope.ask("leaving", {
    targets: journey.steps.map(({ name }) => journey.ready[name]?.p75 ?? 0),
    timed: steps.map(({ ready }) => Number(ready !== null)),
    quick: AT_ONCE
  });
  return steps.map((step) => ({
    ...step,
    leftBecause: LEAVING_REASONS.flatMap((reason) => {
      const own = rows.find((row) => row.place === step.index + 1 && row.reason === reason);
      return own ? [{ reason, units: own.units }] : [];
    })
  }));
}

// packages/analysis/src/ask/lost-conversions.ts
var ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{24,}\b|\b\d{5,}\b/gi;
var withoutIds = (text2) => text2.replace(ID, ":id");
var scale = (estimate, factor) => ({
  value: estimate.value * factor,
  low: estimate.low * factor,
  high: estimate.high * factor
});
function worth(lost, conversions, values) {
  if (!values.length || !conversions) return null;
  return values.map(({ currency, amount }) => ({ currency, amount: scale(lost, amount / conversions) }));
}
var expensiveFirst = (a, b) => b.lost.value - a.lost.value || b.occurrences - a.occurrences || (a.key < b.key ? -1 : 1);
async function lostToErrors(scope, totals, { conversions, value }) {
  const [rows, errors] = await Promise.all([
    scope.ask("errors", { phases: PHASES }),
    scope.ask("error-totals")
  ]);
  const place = (row) => `${row.step} ${row.phase} ${stratumKey(row)}`;
  const open = new Map(totals.map((total) => [place(total), total]));
  const byError = groupBy(rows, (row) => row.fingerprint);
  return errors.map((error) => {
    const strata = (byError.get(error.fingerprint) ?? []).map((row) => {
      const all = open.get(place(row));
      return {
        exposed: row.visits,
        exposedConversions: row.conversions,
        others: all.visits - row.visits - row.earlier,
        otherConversions: all.conversions - row.conversions - row.earlierConversions
      };
    });
    const lost = lostConversions(strata) ?? { value: 0, low: 0, high: error.runs };
    const [type, message, service] = error.named;
    return {
      key: error.fingerprint,
      label: withoutIds([type, message].filter(Boolean).join(": ")),
      kind: "error",
      service,
      steps: error.steps,
      occurrences: error.occurrences,
      runs: error.runs,
      converted: error.converted,
      lost,
      lostValue: worth(lost, conversions, value),
      recovered: wilson(error.converted, error.runs)
    };
  }).sort(expensiveFirst);
}
var SUMMED = ["visits", "conversions", "callers", "callerConversions", "occurrences", "weight"];
function merge(rows) {
  const same = ({ kind, service, endpoint, step, ...row }) => JSON.stringify([kind, service, endpoint, step, stratumKey(row)]);
  return [...groupBy(rows, same).values()].map((group) => {
    const total = (what) => group.reduce((sum2, row) => sum2 + row[what], 0);
    const sums = Object.fromEntries(SUMMED.map((what) => [what, total(what)]));
    return { ...group[0], ...sums };
  });
}
async function lostToEndpoints(scope, { conversions, value }) {
  await scope.keep("endpoint_medians");
  const rows = merge(await bySlice(scope, (slice) => slice.ask("endpoints")));
  await scope.drop("endpoint_medians");
  const groups = groupBy(rows, ({ kind, service, endpoint }) => JSON.stringify([kind, service, endpoint]));
  return [...groups.values()].flatMap((group) => {
    const { kind, service, endpoint } = group[0];
    const met = group.filter((row) => row.visits > 0);
    const lost = lostConversions(
      met.map((row) => ({
        exposed: row.visits,
        exposedConversions: row.conversions,
        others: row.callers - row.visits,
        otherConversions: row.callerConversions - row.conversions
      }))
    );
    const sum2 = (of) => met.reduce((total, row) => total + of(row), 0);
    const [runs, converted] = [sum2((row) => row.visits), sum2((row) => row.conversions)];
    if (!lost || !runs) return [];
    const weight = sum2((row) => row.weight / row.callers * row.visits) / runs;
    const weighted = scale(lost, weight);
    return [
      {
        key: endpoint,
        label: endpoint,
        kind,
        service,
        steps: [...new Set(met.map((row) => row.step))].sort(),
        occurrences: Math.round(sum2((row) => row.occurrences) * weight),
        runs: Math.round(runs * weight),
        converted: Math.round(converted * weight),
        lost: weighted,
        lostValue: worth(weighted, conversions, value),
        recovered: wilson(converted, runs)
      }
    ];
  }).sort(expensiveFirst);
}

// packages/analysis/src/ask/rounded.ts
var DIGITS2 = 12;
function rounded(value) {
  const of = (part) => {
    if (typeof part === "number")
      return Number.isFinite(part) && !Number.isSafeInteger(part) ? Number(part.toPrecision(DIGITS2)) : part;
    if (Array.isArray(part)) return part.map(of);
    if (typeof part !== "object" || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, one]) => [key, of(one)]));
  };
  return of(value);
}

// packages/analysis/src/ask/satisfaction.ts
var sum = (rows, what) => rows.reduce((all, row) => all + row[what], 0);
function meanOf(rows) {
  const scores = sum(rows, "scores");
  if (!scores) return null;
  const value = sum(rows, "total") / scores;
  const variance = scores > 1 ? Math.max(0, (sum(rows, "squares") - scores * value ** 2) / (scores - 1)) : 0;
  const half = normalQuantile(0.975) * Math.sqrt(variance / scores);
  return { scores, value, low: Math.max(0, value - half), high: Math.min(1, value + half) };
}
async function satisfaction(scope, steps) {
  const slowFrom = steps.map(({ readiness, ready }) => readiness?.p75AtMost ?? ready?.p75 ?? 0);
  const rows = await scope.ask("satisfaction", { slowFrom });
  return steps.flatMap(({ name, index }) => {
    const own = rows.filter((row) => row.step === name);
    const mean = meanOf(own);
    if (!mean) return [];
    const [fast, slow] = ["fast", "slow"].map(
      (which) => meanOf(own.filter((row) => row.slow === which))
    );
    return [
      {
        step: name,
        mean,
        grades: ["low", "middle", "high"].map((grade) => {
          const graded = own.filter((row) => row.grade === grade);
          const [scores, conversions] = [sum(graded, "scores"), sum(graded, "conversions")];
          return { grade, scores, conversions, rate: wilson(conversions, scores) };
        }),
        readiness: fast && slow ? { slowFrom: slowFrom[index], fast, slow } : null
      }
    ];
  });
}

// packages/analysis/src/ask/tables.ts
import { randomBytes } from "node:crypto";

// packages/analysis/src/sql.ts
import { readFileSync } from "node:fs";
var texts = /* @__PURE__ */ new Map();
function sqlText(path) {
  const known2 = texts.get(path);
  if (known2 !== void 0) return known2;
  const file = readFileSync(new URL(`../sql/${path}.sql`, import.meta.url), "utf8");
  const text2 = file.replace(/--[^\n]*/g, "").trim();
  texts.set(path, text2);
  return text2;
}
var queryText = (name) => sqlText(`ask/${name}`);

// packages/analysis/src/ask/on-cluster.ts
var TOGETHER = /* @__PURE__ */ new Set([
  "aliases",
  "causes",
  "copies",
  "delivery",
  "endpoint-medians",
  "endpoints",
  "exposed",
  "forged",
  "guardrail-errors",
  "guardrail-quantile",
  "hypothesis",
  "latency",
  "links",
  "losses",
  "owned",
  "run-errors",
  "run-facts",
  "strata",
  "subject-units",
  "subjects"
]);
var isTogether = ({ name }) => TOGETHER.has(name.replaceAll("_", "-"));
function findOutermost(sql, word, from = 0) {
  let depth = 0;
  for (const { 0: token, index } of sql.matchAll(/'(?:[^'\\]|\\.)*'|[()[\]]|\b[A-Za-z_]\w*/g)) {
    if ("([".includes(token)) depth++;
    else if (")]".includes(token)) depth--;
    else if (depth === 0 && index >= from && word.test(token)) return index;
  }
  return -1;
}
function endOfSource(sql, from) {
  if (sql[from] !== "(") return from + /^\w+(\s+(AS\s+\w+\s+)?FINAL\b)?/.exec(sql.slice(from))[0].length;
  let depth = 0;
  for (const { 0: token, index } of sql.matchAll(/'(?:[^'\\]|\\.)*'|[()]/g)) {
    if (index < from) continue;
    if (token === "(") depth++;
    else if (token === ")" && --depth === 0) return index + 1;
  }
  throw new Error("a parenthesis is not closed");
}
function splitSource(sql) {
  const select = findOutermost(sql, /^SELECT$/);
  const from = findOutermost(sql, /^FROM$/);
  const start = from + 4 + /^\s*/.exec(sql.slice(from + 4))[0].length;
  const end = endOfSource(sql, start);
  return {
    definitions: sql.slice(0, select),
    before: sql.slice(0, start),
    source: sql.slice(start, end),
    after: sql.slice(end)
  };
}
var TABLES = /(?<![\w.])throughline_\w+/g;
var REPORTS = /\breport_(\w+)/g;
function onCluster(question, { all, beside, each }, find) {
  const named = (name, { units }) => find(name === "units" ? units : name);
  const own = (query, database) => query.text.replace(TABLES, (table) => `${database}.${table}`).replace(REPORTS, (_, name) => {
    const found = named(name, query);
    return `(${isTogether(found) ? together(found) : own(found, database)})`;
  });
  const together = (query) => query.text.replace(TABLES, (table) => `${all}.${table}`).replace(REPORTS, (_, name) => {
    const found = named(name, query);
    return isTogether(found) ? `(${together(found)})` : each((database) => own(found, database));
  });
  if (isTogether(question)) return together(question);
  const { definitions, before, source, after } = splitSource(question.text);
  for (const [, name] of source.matchAll(REPORTS))
    if (isTogether(named(name, question))) return together(question);
  const [, report] = /^report_(\w+)$/.exec(source) ?? [];
  const part = (text2, database) => own({ ...question, text: text2 }, database);
  const rows = each(
    (database) => report && !definitions.trim() ? own(named(report, question), database) : `${part(definitions, database)} SELECT * FROM ${part(source, database)}`
  );
  return `${part(before, beside)}${rows}${part(after, beside)}`;
}

// packages/analysis/src/ask/tables.ts
var ABANDONED = 6e5;
var SOURCES = {
  runs: { query: "fold", units: "run_units" },
  subjects: { query: "fold", units: "subject_units" }
};
var ONE_WAY = {
  placed: "ordered",
  run_units: "spread",
  first: "first_of_all"
};
async function openReport(engine2) {
  const kept = [];
  const prefix = `kept_${Date.now()}_${randomBytes(4).toString("hex")}`;
  if (engine2.temporaryTables) await dropAbandoned(engine2);
  function open(params, given) {
    const tables = new Map(Object.entries(given));
    const sourceOf = (name) => SOURCES[name] ?? { query: !engine2.temporaryTables && ONE_WAY[name] || name, units: void 0 };
    const find = (name) => {
      const [, other = name] = /^report_(\w+)$/.exec(tables.get(name) ?? "") ?? [];
      const { query, units } = sourceOf(other);
      return { name: other, text: queryText(query.replaceAll("_", "-")), units };
    };
    const compose = (text2, units) => text2.replace(/\breport_(\w+)/g, (_, name) => {
      const table = tables.get(name);
      if (table !== void 0) return table;
      if (name === "units") return compose(`report_${units}`);
      const { query, units: own } = sourceOf(name);
      return `(${compose(queryText(query.replaceAll("_", "-")), own)})`;
    });
    const scope = {
      params,
      keeps: engine2.temporaryTables === true,
      ask(name, more) {
        const { shards } = engine2;
        const text2 = shards ? onCluster(find(name), shards, find) : compose(queryText(name));
        return engine2.query(text2, { ...params, ...more });
      },
      async keep(name) {
        if (!engine2.temporaryTables) return;
        const table = `${prefix}_${kept.length}`;
        kept.push(table);
        await engine2.query(`CREATE TEMPORARY TABLE ${table} AS SELECT * FROM ${scope.textOf(name)}`, params);
        tables.set(name, table);
      },
      async drop(name) {
        const table = tables.get(name);
        if (!engine2.temporaryTables || !table) return;
        tables.delete(name);
        await engine2.query(`DROP TEMPORARY TABLE IF EXISTS ${table}`);
      },
      textOf: (name) => engine2.shards ? `report_${find(name).name}` : compose(`report_${name}`),
      extend: (more, others2 = {}) => open({ ...params, ...more }, { ...Object.fromEntries(tables), ...others2 })
    };
    return scope;
  }
  return {
    scope: (params, tables = {}) => open({ split: engine2.temporaryTables ? 1 : 0, ...params }, tables),
    async close() {
      for (const table of kept) await engine2.query(`DROP TEMPORARY TABLE IF EXISTS ${table}`);
    }
  };
}
async function dropAbandoned(engine2) {
  const tables = await engine2.query(
    `SELECT name FROM system.tables WHERE is_temporary AND name LIKE 'kept_%'`
  );
  for (const { name } of tables)
    if (Number(name.split("_")[1]) < Date.now() - ABANDONED)
      await engine2.query(`DROP TEMPORARY TABLE IF EXISTS ${name}`);
}

// packages/analysis/src/ask/data-notes.ts
var LIMIT = 0.01;
var BEHIND = 1e-3;
async function storedNotes(everything) {
  const [row] = await everything.ask("copies");
  const { arrived, events, visits } = row;
  const notes = [];
  if (arrived > events)
    notes.push(
      info(
        `${count(arrived - events)} of ${count(arrived)} step entries arrived more than once.`,
        "duplicates"
      )
    );
  const behind = events - visits;
  if (behind > BEHIND * events)
    notes.push(
      warning(
        `The views lack ${count(behind)} of ${count(events)} step entries that are stored (${percent(behind / events)}).`,
        "behind"
      )
    );
  return notes;
}
async function requestNotes(everything, journeys) {
  const [row] = await everything.ask("sampled", {
    journeys
  });
  const { stored, sampled, stands } = row;
  if (!sampled) return [];
  return [
    info(
      `${count(stored)} requests are stored, which stand for ${count(stands)}: ${percent(sampled / stored)} of them were sampled.`,
      "sampling"
    )
  ];
}
async function outcomeNotes(everything, scopes, journeys) {
  const [[forged], ...outside] = await Promise.all([
    everything.ask("forged", { journeys }),
    ...[...scopes.values()].map((scope) => scope.ask("outside"))
  ]);
  const notes = [];
  if (forged.runs)
    notes.push(
      warning(
        `Outcomes of ${plural(forged.runs, "run")} look like a server\u2019s, but came where anyone can send.`,
        "forged"
      )
    );
  for (const [at, journey] of [...scopes.keys()].entries()) {
    const runs = outside[at][0].runs;
    if (runs)
      notes.push(
        info(
          `${plural(runs, "run")} of ${journey.name} converted later than its window (${duration(journey.within)}) allows.`,
          "outside-window"
        )
      );
  }
  return notes;
}
async function exposureNotes(everything, scopes, { judged, declared: declared2 }) {
  const names = declared2.flatMap(({ id, variants }) => variants.map((variant) => `${id}=${variant}`));
  const rows = await everything.ask(
    "undeclared-exposures",
    {
      declared: names
    }
  );
  const notes = rows.map(({ hypothesis, variant, runs }) => {
    const known2 = declared2.find(({ id }) => id === hypothesis);
    return known2 ? warning(
      `${plural(runs, "run")} met \`${variant}\` of ${hypothesis}, which declares ${known2.variants.join(", ")}.`,
      "undeclared"
    ) : info(`${plural(runs, "run")} met \`${hypothesis}\`, a hypothesis that is not declared.`, "undeclared");
  });
  for (const { id, journey } of judged) {
    const own = [...scopes].filter(([{ name }]) => name === journey).map(([, scope]) => scope);
    const found = await Promise.all(
      own.map((scope) => scope.ask("late-exposures", { hypothesis: id }))
    );
    const [runs, late] = ["runs", "late"].map(
      (what) => found.reduce((sum2, [row]) => sum2 + row[what], 0)
    );
    if (late > LIMIT * runs)
      notes.push(
        warning(
          `${id}: ${count(late)} of ${plural(runs, "run")} that met a variant had converted before (${percent(late / runs)}).`,
          "late-exposures"
        )
      );
  }
  return notes;
}
async function dataNotes(everything, scopes, known2) {
  const { synthetic } = known2;
  const names = [...new Set([...scopes.keys()].map(({ name }) => name))];
  const notes = await Promise.all([
    storedNotes(everything),
    requestNotes(everything, names),
    outcomeNotes(everything, scopes, names),
    exposureNotes(everything, scopes, known2)
  ]);
  const machines = synthetic.shown === "exclude" && synthetic.runs > 0 ? [
    info(
      `${plural(synthetic.runs, "run")} of crawlers and tests ${synthetic.runs === 1 ? "is" : "are"} left out.`,
      "synthetic"
    )
  ] : [];
  return [...notes.flat(), ...machines];
}

// packages/analysis/src/ask/losses.ts
var DIFFERENCE = 0.01;
var CHANCE = 1e-3;
var shareOf = ({ missing, emitted }) => missing / Math.max(1, emitted);
function chance(one, other) {
  const pages = one.pages + other.pages;
  const losing = one.losing + other.losing;
  const product = one.pages * other.pages * losing * (pages - losing);
  if (product === 0) return 1;
  const cross = one.losing * (other.pages - other.losing) - other.losing * (one.pages - one.losing);
  return chiSquareTail(pages * cross ** 2 / product, 1);
}
function others(rows, one) {
  const rest = rows.filter((row) => row !== one);
  const sum2 = (what) => rest.reduce((all, row) => all + row[what], 0);
  return { pages: sum2("pages"), losing: sum2("losing"), emitted: sum2("emitted"), missing: sum2("missing") };
}
var worse = (rows) => rows.flatMap((row) => {
  const rest = others(rows, row);
  const isWorse = shareOf(row) - shareOf(rest) > DIFFERENCE && chance(row, rest) < CHANCE;
  return isWorse ? [{ row, rest: shareOf(rest) }] : [];
});
var text = (where, row, rest, what) => `${where}: ${percent(shareOf(row))} of the events ${row.kind === "step" ? "at it and next behind it" : "of its pages"} are missing (${plural(row.missing, "event")} of ${plural(row.losing, "page")}), against ${percent(rest)} of ${what}.`;
async function lossNotes(everything, journeys, hypotheses) {
  const places = [
    ...new Set(journeys.flatMap(({ name, steps }) => steps.map((step) => `${name} ${step.name}`)))
  ];
  const rows = await everything.ask("losses", { places });
  const of = (kind, prefix = "") => rows.filter((row) => row.kind === kind && row.value.startsWith(prefix) && row.value !== prefix);
  const named = (kind, found, where, what) => found.map(({ row, rest }) => warning(text(where(row), row, rest, what), kind));
  return [
    ...named("loss-by-browser", worse(of("browser")), ({ value }) => value, "other browsers"),
    ...named("loss-by-step", worse(of("step")), ({ value }) => value.replace(" ", ", "), "other steps"),
    ...hypotheses.flatMap(
      ({ id }) => named(
        "loss-by-variant",
        worse(of("variant", `${id}=`)),
        ({ value }) => value.replace("=", ", variant "),
        "other variants"
      )
    )
  ];
}

// packages/analysis/src/ask/trust.ts
var SKEW_LIMIT = 3e5;
var LOSS_LIMIT = 0.01;
function deliveryNotes({
  emitted,
  refused,
  dropped,
  unaccounted,
  withoutAccount,
  recovered
}) {
  if (!emitted)
    return [
      info("No page has accounted for its events, so what was lost on the way is not known.", "no-accounts")
    ];
  const notes = [];
  for (const [lost, how] of [
    [dropped, "Pages dropped"],
    [refused, "The receiver refused"]
  ])
    if (lost > LOSS_LIMIT * emitted)
      notes.push(warning(`${how} ${lost} of ${emitted} events (${percent(lost / emitted)}).`));
  if (unaccounted > LOSS_LIMIT * emitted)
    notes.push(
      warning(
        `${unaccounted} of ${emitted} events (${percent(unaccounted / emitted)}) are missing from ${plural(withoutAccount, "page")} that gave no final account: they were killed, or are still open.`
      )
    );
  if (recovered) notes.push(info(`${recovered} events arrived with a later page load.`, "arrived-later"));
  return notes;
}
function serverNotes({ emitted, dropped, refused }) {
  const text2 = (lost, how, whose = "") => warning(`${how} ${lost} of ${emitted} events${whose} (${percent(lost / emitted)}).`);
  return [
    ...dropped > LOSS_LIMIT * emitted ? [text2(dropped, "Servers dropped")] : [],
    ...refused > LOSS_LIMIT * emitted ? [text2(refused, "The endpoint refused", " of servers")] : []
  ];
}
var NOTHING2 = {
  pages: 0,
  emitted: 0,
  delivered: 0,
  refused: 0,
  dropped: 0,
  pending: 0,
  unaccounted: 0,
  recovered: 0,
  withoutAccount: 0,
  errorsIgnored: 0
};
async function accounts(everything) {
  const rows = await everything.ask("delivery");
  const of = (isServer) => {
    const { is_server: _, ...counted } = rows.find((row) => row.is_server === isServer) ?? {
      is_server: isServer,
      ...NOTHING2
    };
    return counted;
  };
  const { pages: instances, emitted, delivered, refused, dropped, pending, recovered } = of(true);
  return {
    pages: of(false),
    servers: { instances, emitted, delivered, refused, dropped, pending, recovered }
  };
}
var doubtfulRuns = async (scope) => (await scope.ask("doubtful", { limit: SKEW_LIMIT }))[0];
function doubts({ aheadOfUs, jumped, compared, skewed, untested }, ahead) {
  const notes = [];
  if (skewed)
    notes.push(
      warning(
        `In ${skewed} of ${compared} runs the server's clock is more than five minutes from the browser's.`
      )
    );
  if (jumped)
    notes.push(
      info(
        `In ${plural(jumped, "run")} the device's clock went back between two steps: their order is known, some of their times are not.`
      )
    );
  if (untested)
    notes.push(
      info(
        `${plural(untested, "conversion")} ${untested === 1 ? "is" : "are"} counted on a server's word, whose clock nothing compares with the browser's: when they happened, and whether in time, is not known.`
      )
    );
  if (ahead.runs)
    notes.push(
      info(
        `${plural(ahead.runs, "run")} arrived before they had happened, by the device\u2019s clock, up to ${duration(ahead.most)}: they are counted, when they began is not known.`
      )
    );
  if (aheadOfUs)
    notes.push(
      info(`${plural(aheadOfUs, "run")} began in the future, by the device's clock: counted as of now.`)
    );
  return notes;
}
async function journeyNotes(everything, journey) {
  const [[confirmed], [ambiguous]] = await Promise.all([
    everything.ask("left-out", { journey }),
    everything.ask("ambiguous", { journey })
  ]);
  const notes = [];
  if (confirmed.withoutBrowser)
    notes.push(
      warning(
        `${confirmed.withoutBrowser} conversions of ${journey} were confirmed by the server, but nothing arrived from the browser; they are left out.`,
        "without-browser"
      )
    );
  if (ambiguous.spans)
    notes.push(
      info(
        `${ambiguous.spans} spans of ${journey} name no visit, and not exactly one visit of their run fits; they are on no visit.`,
        "no-visit"
      )
    );
  return notes;
}
async function aliasNotes(everything) {
  const [found] = await everything.ask("aliases");
  const { later, chained, forged } = found;
  const notes = [];
  if (later)
    notes.push(
      info(`${later} aliases are left out: their anonymous subject had become another known subject before.`)
    );
  if (chained) notes.push(info(`${chained} aliases are left out: they would merge two known subjects.`));
  if (forged)
    notes.push(
      warning(
        `${forged} aliases are left out: a browser sent them for an anonymous subject that its run and session had not seen.`
      )
    );
  return notes;
}
async function hypothesisNotes(everything, hypothesis, { sampleRatio: sampleRatio2, leftOut }) {
  const { id } = hypothesis;
  const notes = [];
  if (!sampleRatio2.ok)
    notes.push(
      warning(`${id}: the sample ratio is not as declared (${probability(sampleRatio2.p)}).`, "sample-ratio")
    );
  if (leftOut.multipleVariants)
    notes.push(
      info(
        `${id}: ${leftOut.multipleVariants} subjects met several variants and are left out${leftOut.underTwoNames ? `, ${leftOut.underTwoNames} of them under two names` : ""}.`
      )
    );
  if (leftOut.withoutSubject)
    notes.push(
      warning(`${id}: ${leftOut.withoutSubject} runs met a variant without a subject and are left out.`)
    );
  if (hypothesis.from) {
    const [found] = await everything.ask("missing-exposures", {
      journey: hypothesis.journey,
      hypothesis: id,
      step: hypothesis.from
    });
    const { runs, missing } = found;
    if (missing > LOSS_LIMIT * runs)
      notes.push(
        warning(
          `${id}: ${missing} of ${runs} runs with a variant (${percent(missing / runs)}) came to ${hypothesis.from}, but no exposure was recorded.`,
          "missing-exposures"
        )
      );
  }
  return notes;
}
async function trust(report, window, { cappedRuns, scopes, arrived, judged, declared: declared2, synthetic }) {
  const everything = report.extend(windowParams(window));
  const journeys = [...scopes.keys()];
  const names = [...new Set(journeys.map((journey) => journey.name))];
  const [{ pages, servers }, refusedFor, [ahead]] = await Promise.all([
    accounts(everything),
    everything.ask("refused-for"),
    everything.ask("clocks-ahead", { journeys: names })
  ]);
  const delivery = { ...pages, refusedFor };
  const doubtful = await Promise.all([...scopes.values()].map(doubtfulRuns));
  const total = (what) => doubtful.reduce((sum2, row) => sum2 + row[what], 0);
  const all = {
    aheadOfUs: total("aheadOfUs"),
    jumped: total("jumped"),
    compared: total("compared"),
    skewed: total("skewed"),
    untested: total("untested")
  };
  const hypotheses = judged.map(([hypothesis]) => hypothesis);
  const notes = [
    ...explain(deliveryNotes(delivery), "loss"),
    ...explain(serverNotes(servers), "server-loss"),
    ...explain(await lossNotes(everything, journeys, hypotheses), "loss"),
    ...explain(doubts(all, ahead), "clocks"),
    ...explain(await aliasNotes(everything), "aliases"),
    ...explain(
      await dataNotes(everything, scopes, { judged: hypotheses, declared: declared2, synthetic }),
      "undeclared"
    ),
    ...explain(arrived.notes(journeys), "undeclared")
  ];
  if (cappedRuns)
    notes.push(
      ...explain(
        [warning(`${cappedRuns} runs have more than 1,000 events; the rest of each was not read.`)],
        "long-runs"
      )
    );
  for (const name of names) notes.push(...explain(await journeyNotes(everything, name), "no-visit"));
  for (const [hypothesis, result] of judged)
    notes.push(...explain(await hypothesisNotes(everything, hypothesis, result), "exposures"));
  return {
    notes: notes.sort((a, b) => Number(a.level === "info") - Number(b.level === "info")),
    delivery,
    servers,
    cappedRuns,
    skewedRuns: all.skewed,
    jumpedRuns: all.jumped,
    runsAhead: all.aheadOfUs,
    clocksAhead: ahead,
    untestedConversions: all.untested,
    exposuresWithoutSubject: judged.reduce((sum2, [, { leftOut }]) => sum2 + leftOut.withoutSubject, 0)
  };
}

// packages/analysis/src/ask/analyse.ts
async function analyse(engine2, definitions, options = {}) {
  const report = await openReport(engine2);
  try {
    return await answer(report, definitions, options);
  } finally {
    await report.close();
  }
}
async function answer(report, definitions, options) {
  const now = options.now ?? /* @__PURE__ */ new Date();
  const until = (options.until ?? now).getTime();
  const by = options.by ?? "run";
  const find = (name, who) => {
    const [newest] = definitions.journeys.filter((declared2) => declared2.name === name).sort((a, b) => b.version.localeCompare(a.version, "en", { numeric: true }));
    const names2 = [...new Set(definitions.journeys.map((declared2) => declared2.name))].join(", ");
    if (!newest)
      throw new TypeError(`throughline: ${who} names the journey "${name}", which is none of: ${names2}`);
    return newest;
  };
  if (options.journey) find(options.journey, "the report");
  const journeys = definitions.journeys.filter(({ name }) => !options.journey || name === options.journey);
  const names = [...new Set(journeys.map(({ name }) => name))];
  const wants = (part) => options.parts?.includes(part) ?? true;
  const hypotheses = definitions.hypotheses.filter(
    ({ journey, id }) => wants("hypotheses") && (!options.journey || journey === options.journey) && (!options.hypothesis || id === options.hypothesis)
  );
  const synthetic = options.synthetic ?? "exclude";
  const timeZone = options.timeZone ?? "UTC";
  const everything = report.scope({ synthetic });
  await everything.keep("links");
  await everything.keep("machines");
  const shared = { links: everything.textOf("links"), machines: everything.textOf("machines") };
  const earliest = async () => Math.min(
    (await everything.ask("first-run", { journeys: names }))[0].since,
    now.getTime() - 1
  );
  const since = options.since?.getTime() ?? await earliest();
  const window = { since, until, now: now.getTime() };
  const before = (name) => {
    const asked = hypotheses.some((hypothesis) => hypothesis.journey === name);
    const longest = Math.max(...journeys.map((journey) => journey.name === name ? journey.within : 0));
    return Math.max(0, since - (asked ? longest : 0));
  };
  const from = Math.min(...names.map(before));
  const arrived = await arrivals(everything.extend({ ...windowParams(window), from }));
  let cappedRuns = 0;
  const results = [];
  const scopes = /* @__PURE__ */ new Map();
  for (const journey of journeys) {
    const scope = await openJourney(report, { synthetic }, journey, window, {
      by,
      from: before(journey.name),
      shared
    });
    scopes.set(journey, scope);
    const { capped, ...counted } = await funnel(scope, journey, by);
    cappedRuns += capped;
    const strata = await stepStrata(scope);
    const errors = wants("errors") ? await lostToErrors(scope, strata, counted) : [];
    results.push({
      ...counted,
      steps: wants("funnel") ? await withReasons(scope, journey, counted.steps) : counted.steps,
      latency: wants("latency") ? await latency(scope, counted.steps, strata) : [],
      errors: await withCauses(scope, errors, options.error),
      endpoints: wants("endpoints") ? await lostToEndpoints(scope, counted) : [],
      satisfaction: wants("funnel") ? await satisfaction(scope, counted.steps) : []
    });
  }
  const judged = [];
  for (const hypothesis of hypotheses) {
    const journey = find(hypothesis.journey, `hypothesis "${hypothesis.id}"`);
    const scope = scopes.get(journey);
    const alone = arrived.versionsOf(journey.name).every((version) => version === journey.version);
    const runs = alone ? scope : report.scope({ ...scope.params, versions: [], listed: 0 }, shared);
    if (!alone) await keepRuns(runs);
    judged.push([hypothesis, await analyseHypothesis(runs, hypothesis, journey, window, timeZone)]);
  }
  const [machines] = await everything.ask("synthetic-runs", {
    ...windowParams(window),
    journeys: names
  });
  const machinesLeft = { shown: synthetic, runs: machines.runs };
  return rounded({
    schemaVersion: RESULT_SCHEMA_VERSION,
    generatedAt: now.toISOString(),
    since: new Date(since).toISOString(),
    // Judged as of a moment that is still to come, it reports what has been until now.
    until: new Date(Math.min(until, now.getTime())).toISOString(),
    timeZone,
    synthetic: machinesLeft,
    unit: by,
    journeys: results,
    hypotheses: judged.map(([, result]) => result),
    trust: await trust(everything, window, {
      cappedRuns,
      scopes,
      arrived,
      judged,
      declared: definitions.hypotheses,
      synthetic: machinesLeft
    })
  });
}

// packages/analysis/src/testing.ts
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join as join2 } from "node:path";

// packages/analysis/src/schema.ts
import { readdirSync, readFileSync as readFileSync2 } from "node:fs";

// packages/analysis/src/advice.ts
var Advice = class extends Error {
  name = "Advice";
};

// packages/analysis/src/schema.ts
var VERSION = 5;
var LEAST_ENGINE = [25, 5];
var folder = new URL("../sql/", import.meta.url);
var statementsOf = (name) => readFileSync2(new URL(name, folder), "utf8").split(/;\s*$/m).filter((statement) => statement.trim() !== "");
var tableStatements = () => readdirSync(folder).filter((name) => /^\d\d-.*\.sql$/.test(name)).sort().flatMap(statementsOf);
function backfillStatement(spans) {
  const [view] = statementsOf("19-events-view.sql");
  const select = view.slice(view.indexOf(" AS\nWITH") + 4).replace("FROM otel_traces", `FROM ${spans}`);
  return `INSERT INTO throughline_events
${select}`;
}
var recordStatement = `INSERT INTO throughline_schema (version) VALUES (${VERSION})`;
async function checkEngine(engine2) {
  const [row] = await engine2.query("SELECT version() AS version");
  const [major = 0, minor = 0] = row.version.split(".").map(Number);
  if (major > LEAST_ENGINE[0] || major === LEAST_ENGINE[0] && minor >= LEAST_ENGINE[1]) return;
  throw new Advice(
    `ClickHouse ${row.version} answers some of these questions wrongly; use ${LEAST_ENGINE.join(".")} or newer`
  );
}
async function existing(engine2) {
  const rows = await engine2.query(
    `SELECT name, engine FROM system.tables WHERE database = currentDatabase() AND startsWith(name, 'throughline_')`
  );
  return new Map(rows.map((row) => [row.name, row.engine]));
}
async function schemaVersion(engine2, tables) {
  if (tables.has("throughline_schema")) {
    const [row] = await engine2.query(
      "SELECT max(version) AS version FROM throughline_schema"
    );
    if (row.version) return row.version;
  }
  return tables.has("throughline_steps") ? 1 : 0;
}
function checkNotNewer(version) {
  if (version > VERSION)
    throw new Advice(`the tables are of schema version ${version}, this release knows ${VERSION}: update it`);
}
async function backfill(engine2) {
  const days = await engine2.query(
    "SELECT DISTINCT toString(toDate(Timestamp)) AS day FROM otel_traces ORDER BY day"
  );
  for (const { day: day2 } of days)
    await engine2.command(
      backfillStatement(`(SELECT * FROM otel_traces WHERE toDate(Timestamp) = toDate('${day2}'))`)
    );
}
async function applySchema(engine2) {
  await checkEngine(engine2);
  const tables = await existing(engine2);
  const version = await schemaVersion(engine2, tables);
  checkNotNewer(version);
  if (version < VERSION) {
    for (const [name, kind] of tables)
      if (kind.endsWith("View")) await engine2.command(`DROP VIEW IF EXISTS ${name}`);
  }
  for (const statement of tableStatements()) await engine2.command(statement);
  if (version < VERSION) {
    await backfill(engine2);
    if (tables.has("throughline_steps"))
      for (const statement of statementsOf("migrations/2-from-steps.sql")) await engine2.command(statement);
    if (version > 0)
      for (const statement of statementsOf("migrations/3-merge.sql")) await engine2.command(statement);
    await engine2.command(recordStatement);
  }
  for (const old of ["throughline_steps", "throughline_journeys"])
    if (tables.has(old)) await engine2.command(`DROP TABLE IF EXISTS ${old}`);
}

// packages/analysis/src/store/chdb.ts
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
var DATABASE = "throughline";
function loadEngine() {
  try {
    return createRequire(import.meta.url)("chdb");
  } catch (error) {
    if (error.code !== "MODULE_NOT_FOUND") throw error;
    throw new Advice(
      'the embedded engine is not installed: run "npm install --save-dev chdb@3.4.0", or ask a ClickHouse with --clickhouse URL'
    );
  }
}
var parseRows = (text2) => text2.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
var formatRows = (rows) => Buffer.from(rows.map((row) => JSON.stringify(row)).join("\n"));
function openChdb(folder2) {
  const { drainPending, Session } = loadEngine();
  const path = join(folder2, "db");
  mkdirSync(path, { recursive: true });
  const writer = new Session(path);
  writer.query(`CREATE DATABASE IF NOT EXISTS ${DATABASE} ENGINE = Atomic`);
  writer.query(`USE ${DATABASE}`);
  writer.query("SET materialize_skip_indexes_on_insert = 0");
  const reader = new Session(path);
  reader.query(`USE ${DATABASE}`);
  reader.query("SET readonly = 2");
  const append = async (table, lines) => {
    await writer.insert({ table, values: lines, format: "JSONEachRow" });
  };
  return {
    temporaryTables: true,
    append,
    insert: (table, rows) => append(table, formatRows(rows)),
    async query(sql, params = {}) {
      const result = await reader.queryBindAsync(sql, params, { format: "JSONEachRow" });
      return parseRows(result.text());
    },
    async command(sql) {
      await writer.queryAsync(sql);
    },
    async close() {
      await drainPending();
      reader.close();
      writer.close();
      await drainPending();
    }
  };
}

// packages/analysis/src/testing.ts
async function openTestEngine() {
  const folder2 = mkdtempSync(join2(tmpdir(), "throughline-analysis-"));
  const engine2 = openChdb(folder2);
  await applySchema(engine2);
  return {
    ...engine2,
    async close() {
      await engine2.close();
      rmSync(folder2, { recursive: true, force: true });
    }
  };
}
var hex = (text2, digits) => createHash("sha256").update(text2).digest("hex").slice(0, digits);
function runId(start, name) {
  const rest = hex(name, 20);
  const time = Math.floor(start).toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(0, 3)}-8${rest.slice(3, 6)}-${rest.slice(6, 18)}`;
}
var strings = (attributes) => Object.fromEntries(
  Object.entries(attributes).flatMap(([key, value]) => value === void 0 ? [] : [[key, `${value}`]])
);
function span(name, time, options) {
  const { run, journey = "checkout", step = "", attempt = 1, source = "browser" } = options;
  const what = JSON.stringify([name, time, options]);
  const microseconds = Math.round(time * 1e3);
  return {
    Timestamp: `${new Date(Math.floor(microseconds / 1e3)).toISOString().slice(0, -1).replace("T", " ")}${String(microseconds % 1e3).padStart(3, "0")}`,
    TraceId: options.trace ?? hex(`${run}${step}${attempt}`, 32),
    SpanId: options.span ?? hex(what, 16),
    ParentSpanId: options.parent ?? "",
    TraceState: options.state ?? "",
    SpanName: name,
    SpanKind: options.kind ?? "Internal",
    ServiceName: options.service ?? (source === "server" ? "shop-api" : "shop-web"),
    ResourceAttributes: strings(
      options.resource ?? (source === "server" ? {} : { "telemetry.sdk.language": "webjs" })
    ),
    SpanAttributes: strings({
      "throughline.journey.name": journey,
      "throughline.journey.version": options.version ?? "1",
      "throughline.run.id": run,
      "throughline.step.name": step || void 0,
      "throughline.step.attempt": attempt,
      ...options.kind ? {} : { "throughline.event.id": hex(`event ${what}`, 32), "throughline.event.source": source },
      ...options.attributes
    }),
    Duration: Math.round((options.duration ?? 0) * 1e6),
    StatusCode: options.status ?? "Unset"
  };
}
var enter = (run, step, time, options = {}) => span("throughline.step.enter", time, {
  ...options,
  run,
  step,
  attributes: { "throughline.subject.id": options.subject, ...options.attributes }
});

// packages/analysis/.perf.ts
var checkout = defineJourney("checkout", { version: "1", steps: ["product", "cart", "payment", "confirmation"], converts: "confirmation", ready: { payment: { p75: 2e3 } } });
var h = defineHypothesis("one-page", { statement: "x", journey: checkout, from: "payment", variants: ["control", "one"], expect: { metric: "conversion", relative: 0.1 } });
var N = Number(process.env.N ?? 10);
var T = Date.now() - 5 * 864e5;
var engine = await openTestEngine();
for (let from = 0; from < N; from += 2e3) {
  const rows = [];
  for (let at = from; at < Math.min(N, from + 2e3); at++) {
    const began = T + at * 864e5 * 4 / N;
    const run = runId(began, `r${at}`);
    const far = at % 5;
    const steps = ["product", "cart", "payment", "confirmation"].slice(0, far);
    let seq = 0;
    const a = () => ({ "throughline.page.id": `p${at}`, "throughline.event.seq": ++seq, "throughline.hypothesis.one-page": at % 2 ? "one" : "control" });
    steps.forEach((s, i) => {
      rows.push(enter(run, s, began + i * 9e3, { subject: `s${at}`, attributes: a() }));
      rows.push(span("throughline.step.ready", began + i * 9e3 + 500, { run, step: s, attributes: { ...a(), "throughline.step.ready_ms": at * 37 % 3e3 } }));
      rows.push(span("browser.web_vital", began + i * 9e3 + 800, { run, step: s, attributes: { ...a(), "browser.web_vital.name": "lcp", "browser.web_vital.value": at * 91 % 5e3, "browser.web_vital.id": `${at}${i}`, "browser.web_vital.navigation_type": "navigate" } }));
      rows.push(span("GET /x", began + i * 9e3 + 100, { run, step: s, kind: "Server", resource: {} }));
      if ((at + i) % 9 === 0) rows.push(span("exception", began + i * 9e3 + 100, { run, step: s, attributes: { ...a(), "exception.type": `E${at % 7}`, "exception.stacktrace": "at x\n".repeat(100) } }));
    });
  }
  await engine.insert("otel_traces", rows);
}
var times = /* @__PURE__ */ new Map();
var q = engine.query;
engine.query = (async (sql, p) => {
  const t = performance.now();
  try {
    return await q(sql, p);
  } finally {
    const k = sql.slice(0, 4e3).replace(/\s+/g, " ").slice(0, 110);
    times.set(k, (times.get(k) ?? 0) + performance.now() - t);
  }
});
for (let i = 0; i < 2; i++) {
  times.clear();
  const t = performance.now();
  await analyse(engine, { journeys: [checkout], hypotheses: [h] }, { now: /* @__PURE__ */ new Date() });
  console.log("report", Math.round(performance.now() - t));
}
for (const [k, v] of [...times].sort((a, b) => b[1] - a[1]).slice(0, 30)) console.log(Math.round(v), k);
process.exit(0);
