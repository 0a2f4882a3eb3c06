// Every name that Throughline puts on the wire. `docs/attributes.md` is generated from this file:
// the comment above a name is its row, "type, when, and an example in backticks".
//
// An enum, since compilers put its values where they are used: a page pays for the names that it sends, not for a
// table of them.

/** What `throughline.schema.version` says of what is sent by this release. */
export const SCHEMA_VERSION = 2

export enum Name {
  // --- Context: on every span and log record started while a run is active. Baggage uses the same keys.

  /** string; the journey's declared name; `checkout` */
  JOURNEY_NAME = 'throughline.journey.name',
  /** string; the journey's declared version; `1` */
  JOURNEY_VERSION = 'throughline.journey.version',
  /** string, a UUIDv7; one attempt at the journey, its start time inside; `01932c07-209c-7cf7-8d2c-4d0a6a1e4f0b` */
  RUN_ID = 'throughline.run.id',
  /** string; the step that the run was on when this happened; `payment` */
  STEP_NAME = 'throughline.step.name',
  /** int, 0-based; the step's place in the declaration; `2` */
  STEP_INDEX = 'throughline.step.index',
  /** int, 1-based; how often this run has entered the step; `1` */
  STEP_ATTEMPT = 'throughline.step.attempt',
  /** string, 32 hex digits; the stay on the step: the id of its enter event; `9f2c3577b34da6a3ce929d0e0e47364b` */
  VISIT_ID = 'throughline.visit.id',
  /** int, 1-based; the visit's place in its run, in the order of entering; not on steps that a server entered; `4` */
  VISIT_INDEX = 'throughline.visit.index',
  /** int; on steps that a server entered, instead of an index: the index in force when the request was sent; `4` */
  VISIT_AFTER = 'throughline.visit.after',
  /**
   * prefix, then the hypothesis's name: string; the variant that was assigned;
   * `throughline.hypothesis.one-page-payment = one-page`
   */
  HYPOTHESIS = 'throughline.hypothesis.',
  /**
   * baggage only, prefix, then a journey's name: string; run id and version of an active journey that is not ambient;
   * `throughline.active.signup = 01932c…/2`
   */
  ACTIVE = 'throughline.active.',

  // --- Event spans: their names.

  /** span; a step was entered, zero duration */
  STEP_ENTER = 'throughline.step.enter',
  /** span; the step is usable, zero duration */
  STEP_READY = 'throughline.step.ready',
  /** span; the step was left, from the visit's start to its end */
  STEP_LEAVE = 'throughline.step.leave',
  /** span; the run ended: by a browser, or by a server once per outcome and key; zero duration */
  RUN_END = 'throughline.run.end',
  /** span; the subject met a variant for the first time in a run */
  EXPOSURE = 'throughline.exposure',
  /** span; a web vital is final */
  WEB_VITAL = 'browser.web_vital',
  /** span; an error, uncaught or reported */
  EXCEPTION = 'exception',
  /** span; the first interaction of a visit was handled, zero duration */
  FIRST_INTERACTION = 'throughline.first_interaction',
  /** span; the user gave a score */
  SATISFACTION = 'throughline.satisfaction',
  /** span; what became of this page's events so far */
  DELIVERY = 'throughline.delivery',
  /** span; an anonymous subject became known, zero duration */
  ALIAS = 'throughline.alias',
  /** span; a deploy or an incident, which a server reports */
  MARK = 'throughline.mark',

  // --- On every event span.

  /** string, 32 hex digits; the same when the event is sent again; `4bf92f3577b34da6a3ce929d0e0e4736` */
  EVENT_ID = 'throughline.event.id',
  /** string, `browser` or `server`; who saw it */
  EVENT_SOURCE = 'throughline.event.source',
  /** int, 1-based; the event's place among those of its page; `12` */
  EVENT_SEQ = 'throughline.event.seq',
  /** boolean, true; this copy was sent although an earlier attempt may have arrived; `true` */
  EVENT_RESENT = 'throughline.event.resent',
  /** int, ms; set on arrival, where the event's time is over a minute ahead of the receiver's clock; `7200000` */
  EVENT_AHEAD = 'throughline.event.ahead_ms',
  /**
   * string, 32 hex digits; outcomes of servers: the id that version 1 gave the same fact, so that it counts once;
   * `4bf92f3577b34da6a3ce929d0e0e4736`
   */
  EVENT_LEGACY_ID = 'throughline.event.legacy_id',
  /** string; one page load, on the events that a page reports; `8c9e1d…` */
  PAGE_ID = 'throughline.page.id',
  /**
   * int; the version of this contract: a resource attribute, or of event spans where the resource is the host's; `2`
   */
  SCHEMA_VERSION = 'throughline.schema.version',

  // --- Own attributes of event spans.

  /** string; the step of the visit before this one; `cart` */
  STEP_PREVIOUS = 'throughline.step.previous',
  /** string, `navigation`, `soft-navigation` or `call`; what the visit's start was taken from */
  STEP_START = 'throughline.step.start',
  /** double, ms; from the visit's start until the step was usable; `1240.5` */
  STEP_READY_MS = 'throughline.step.ready_ms',
  /** string, `app`, `component` or `auto`; who said that the step was usable */
  STEP_READY_SOURCE = 'throughline.step.ready_source',
  /** string, `completed`, `returned`, `left` or `failed`; how the visit ended */
  STEP_OUTCOME = 'throughline.step.outcome',
  /** double, ms; from the visit's start until the first interaction; `3100` */
  STEP_FIRST_INPUT_MS = 'throughline.step.first_input_ms',
  /** string; the unit that variants are assigned to; `a1b2c3` */
  SUBJECT_ID = 'throughline.subject.id',
  /** string; aliases: the anonymous subject that became known; `anonymous-7f` */
  SUBJECT_PREVIOUS = 'throughline.subject.previous',
  /** string, `converted`, `failed` or `abandoned`; how the run ended */
  RUN_OUTCOME = 'throughline.run.outcome',
  /** string; why the run ended, in the application's words; `payment-declined` */
  RUN_END_REASON = 'throughline.run.end_reason',
  /** int, ms since the epoch; when the outcome happened, if that is not when it was reported; `1795824000000` */
  RUN_OUTCOME_AT = 'throughline.run.outcome_at',
  /** double; the conversion's worth in its currency; `40` */
  CONVERSION_VALUE = 'throughline.conversion.value',
  /** string, ISO 4217; `EUR` */
  CONVERSION_CURRENCY = 'throughline.conversion.currency',
  /** string; the hypothesis that was met; `one-page-payment` */
  EXPOSURE_HYPOTHESIS = 'throughline.exposure.hypothesis',
  /** string; the variant that was met; `one-page` */
  EXPOSURE_VARIANT = 'throughline.exposure.variant',
  /** string; the flag behind the hypothesis; `one-page-payment` */
  FEATURE_FLAG_KEY = 'feature_flag.key',
  /** string, `stale`; exposures: the flag's provider answered what it last knew */
  FEATURE_FLAG_REASON = 'feature_flag.result.reason',
  /** string, lower case; `inp` */
  WEB_VITAL_NAME = 'browser.web_vital.name',
  /** double, ms (CLS: a score); `180` */
  WEB_VITAL_VALUE = 'browser.web_vital.value',
  /** string, `good`, `needs-improvement` or `poor` */
  WEB_VITAL_RATING = 'browser.web_vital.rating',
  /** string; the same for every report of one measurement; `v6-1732385000000-123` */
  WEB_VITAL_ID = 'browser.web_vital.id',
  /** string; `navigate`, `reload`, `back-forward`, `back-forward-cache`, `prerender`, `restore`, `soft-navigation` */
  WEB_VITAL_NAVIGATION_TYPE = 'browser.web_vital.navigation_type',
  /** string; the element that it was about, by tags, ids and classes; `form#pay>button.primary` */
  WEB_VITAL_TARGET = 'throughline.web_vital.target',
  /**
   * string; INP: the script that the interaction waited for; URLs lose query and fragment;
   * `https://shop.example/app.js`
   */
  WEB_VITAL_SCRIPT = 'throughline.web_vital.script',
  /** string; LCP: the image; URLs lose query and fragment; `https://shop.example/hero.avif` */
  WEB_VITAL_RESOURCE = 'throughline.web_vital.resource',
  /** double, ms; from the first interaction until the next frame, which may be up to 8 ms more; `24` */
  FIRST_INTERACTION_DURATION_MS = 'throughline.first_interaction.duration_ms',
  /** string; the kind of error; `TypeError` */
  EXCEPTION_TYPE = 'exception.type',
  /** string; the error's message; `x is not a function` */
  EXCEPTION_MESSAGE = 'exception.message',
  /** string; URLs in it lose query and fragment */
  EXCEPTION_STACKTRACE = 'exception.stacktrace',
  /** string, 16 hex digits; the same for the same error in every visit and release; `9c1185a5c5e9fc54` */
  ERROR_FINGERPRINT = 'throughline.error.fingerprint',
  /** boolean; false when nothing caught it */
  ERROR_HANDLED = 'throughline.error.handled',
  /** int; how many errors with this fingerprint this event stands for; `3` */
  ERROR_COUNT = 'throughline.error.count',
  /**
   * int, on `throughline.delivery`; how many errors of the page were left out so far: benign, foreign, or in
   * `ignoreErrors`; `3`
   */
  ERROR_IGNORED = 'throughline.error.ignored',
  /** double; the score given; `4` */
  SATISFACTION_SCORE = 'throughline.satisfaction.score',
  /** double; the highest score that could be given; `5` */
  SATISFACTION_SCALE = 'throughline.satisfaction.scale',
  /** string, `deploy` or `incident` */
  MARK_KIND = 'throughline.mark.kind',
  /** string; what was deployed, or what happened; `2.4.1` */
  MARK_LABEL = 'throughline.mark.label',
  /** int, ms since the epoch; when an incident ended; `1795824000000` */
  MARK_END = 'throughline.mark.end',
  /**
   * prefix, then `emitted`, `delivered`, `refused`, `dropped`, `pending`, `retried` or `recovered`: int; journey
   * events, cumulative for the page
   */
  DELIVERY_COUNT = 'throughline.delivery.',
  /** string, JSON: why the endpoint refused events of the page, and how many for each reason; `{"HTTP 400":2}` */
  DELIVERY_REFUSED_FOR = 'throughline.delivery.refused_for',
  /** string; one browser session; never in baggage; `0b1c…` */
  SESSION_ID = 'session.id',

  // --- On spans that are no events.

  /**
   * string, up to 14 hex digits; set by a collector that samples: it kept the runs whose last 14 hex digits are
   * at least this, and of others what failed or was slow; `c`
   */
  RUN_THRESHOLD = 'throughline.run.threshold',
}
