// Every name that Throughline puts on the wire. `docs/attributes.md` is generated from this file:
// the comment above a name is its row, "type, when, and an example in backticks".

// --- Context: on every span and log record started while a run is active. Baggage uses the same keys.

/** string; the journey's declared name; `checkout` */
export const JOURNEY_NAME = 'throughline.journey.name'
/** string; the journey's declared version; `1` */
export const JOURNEY_VERSION = 'throughline.journey.version'
/** string, a UUIDv7; one attempt at the journey, its start time inside; `01932c07-209c-7cf7-8d2c-4d0a6a1e4f0b` */
export const RUN_ID = 'throughline.run.id'
/** string; the step that the run was on when this happened; `payment` */
export const STEP_NAME = 'throughline.step.name'
/** int, 0-based; the step's place in the declaration; `2` */
export const STEP_INDEX = 'throughline.step.index'
/** int, 1-based; how often this run has entered the step; `1` */
export const STEP_ATTEMPT = 'throughline.step.attempt'
/** prefix, then the hypothesis's name: string; the variant that was assigned; `throughline.hypothesis.one-page-payment = one-page` */
export const HYPOTHESIS = 'throughline.hypothesis.'
/** baggage only, prefix, then a journey's name: string; the run id of an active journey that is not ambient; `throughline.active.signup = 01932c…` */
export const ACTIVE = 'throughline.active.'

// --- Event spans: their names.

/** span; a step was entered, zero duration */
export const STEP_ENTER = 'throughline.step.enter'
/** span; the step is usable, zero duration */
export const STEP_READY = 'throughline.step.ready'
/** span; the step was left, from the visit's start to its end */
export const STEP_LEAVE = 'throughline.step.leave'
/** span; the run ended, once per run, zero duration */
export const RUN_END = 'throughline.run.end'
/** span; the subject met a variant for the first time in a run */
export const EXPOSURE = 'throughline.exposure'
/** span; a web vital is final */
export const WEB_VITAL = 'browser.web_vital'
/** span; an error, uncaught or reported */
export const EXCEPTION = 'exception'
/** span; the user gave a score */
export const SATISFACTION = 'throughline.satisfaction'
/** span; what became of this page's events so far */
export const DELIVERY = 'throughline.delivery'

// --- On every event span.

/** string, 32 hex digits; the same when the event is sent again; `4bf92f3577b34da6a3ce929d0e0e4736` */
export const EVENT_ID = 'throughline.event.id'
/** string, `browser` or `server`; who saw it */
export const EVENT_SOURCE = 'throughline.event.source'

// --- Own attributes of event spans.

/** string; the step of the visit before this one; `cart` */
export const STEP_PREVIOUS = 'throughline.step.previous'
/** string, `navigation`, `soft-navigation` or `call`; what the visit's start was taken from */
export const STEP_START = 'throughline.step.start'
/** double, ms; from the visit's start until the step was usable; `1240.5` */
export const STEP_READY_MS = 'throughline.step.ready_ms'
/** string, `completed`, `returned`, `left` or `failed`; how the visit ended */
export const STEP_OUTCOME = 'throughline.step.outcome'
/** double, ms; from the visit's start until the first interaction; `3100` */
export const STEP_FIRST_INPUT_MS = 'throughline.step.first_input_ms'
/** string; the unit that variants are assigned to; `a1b2c3` */
export const SUBJECT_ID = 'throughline.subject.id'
/** string, `converted`, `failed` or `abandoned`; how the run ended */
export const RUN_OUTCOME = 'throughline.run.outcome'
/** string; why the run ended, in the application's words; `payment-declined` */
export const RUN_END_REASON = 'throughline.run.end_reason'
/** double; the conversion's worth in its currency; `40` */
export const CONVERSION_VALUE = 'throughline.conversion.value'
/** string, ISO 4217; `EUR` */
export const CONVERSION_CURRENCY = 'throughline.conversion.currency'
/** string; the hypothesis that was met; `one-page-payment` */
export const EXPOSURE_HYPOTHESIS = 'throughline.exposure.hypothesis'
/** string; the variant that was met; `one-page` */
export const EXPOSURE_VARIANT = 'throughline.exposure.variant'
/** string; the flag behind the hypothesis; `one-page-payment` */
export const FEATURE_FLAG_KEY = 'feature_flag.key'
/** string, lower case; `inp` */
export const WEB_VITAL_NAME = 'browser.web_vital.name'
/** double, ms (CLS: a score); `180` */
export const WEB_VITAL_VALUE = 'browser.web_vital.value'
/** string, `good`, `needs-improvement` or `poor` */
export const WEB_VITAL_RATING = 'browser.web_vital.rating'
/** string; the same for every report of one measurement; `v6-1732385000000-123` */
export const WEB_VITAL_ID = 'browser.web_vital.id'
/** string; `navigate`, `reload`, `back-forward`, `back-forward-cache`, `prerender`, `restore`, `soft-navigation` */
export const WEB_VITAL_NAVIGATION_TYPE = 'browser.web_vital.navigation_type'
/** string; the element that it was about, by tags, ids and classes; `form#pay>button.primary` */
export const WEB_VITAL_TARGET = 'browser.web_vital.target'
/** string; INP: the script that the interaction waited for; URLs lose query and fragment; `https://shop.example/app.js` */
export const WEB_VITAL_SCRIPT = 'browser.web_vital.script'
/** string; LCP: the image; URLs lose query and fragment; `https://shop.example/hero.avif` */
export const WEB_VITAL_RESOURCE = 'browser.web_vital.resource'
/** string; the kind of error; `TypeError` */
export const EXCEPTION_TYPE = 'exception.type'
/** string; the error's message; `x is not a function` */
export const EXCEPTION_MESSAGE = 'exception.message'
/** string; URLs in it lose query and fragment */
export const EXCEPTION_STACKTRACE = 'exception.stacktrace'
/** string, 16 hex digits; the same for the same error in every visit and release; `9c1185a5c5e9fc54` */
export const ERROR_FINGERPRINT = 'throughline.error.fingerprint'
/** boolean; false when nothing caught it */
export const ERROR_HANDLED = 'throughline.error.handled'
/** int; how many errors with this fingerprint this event stands for; `3` */
export const ERROR_COUNT = 'throughline.error.count'
/** double; the score given; `4` */
export const SATISFACTION_SCORE = 'throughline.satisfaction.score'
/** double; the highest score that could be given; `5` */
export const SATISFACTION_SCALE = 'throughline.satisfaction.scale'
/** string; one page load; `8c9e1d…` */
export const PAGE_ID = 'throughline.page.id'
/** prefix, then `emitted`, `delivered`, `dropped`, `pending`, `retried` or `recovered`: int; cumulative for the page */
export const DELIVERY_COUNT = 'throughline.delivery.'
/** string; one browser session; never in baggage; `0b1c…` */
export const SESSION_ID = 'session.id'
