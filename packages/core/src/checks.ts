// What a definition must be, and how to mend one that is not. Definitions are written by developers and fail at
// start; the production build leaves these checks out (the export condition `production`), since a shipped definition
// has passed them.
import type { Confirms } from './confirms'
import { readRoute } from './confirms'
import type { Duration } from './define'
import { milliseconds } from './define'
import type { HypothesisOptions } from './hypothesis'
import type { JourneyOptions, StepInput } from './journey'
import { isName, isVersion, LONGEST_WITHIN } from './limits'
import { isPattern } from './steps-by-address'

function check(ok: boolean, message: string): asserts ok {
  if (!ok) throw new TypeError(`throughline: ${message}`)
}

function checkName(name: unknown, what: string) {
  check(isName(name), `${what} has the name "${name}"; use 1 to 48 lower-case letters, digits and hyphens`)
}

function checkDuration(input: Duration | undefined, what: string) {
  const ms = input === undefined ? 1 : milliseconds(input)
  check(
    ms > 0 && ms < Number.POSITIVE_INFINITY,
    `${what} is "${input}"; write milliseconds or '30m', '2h', '1d'`,
  )
}

function checkConfirms(confirms: Confirms, it: string) {
  const routes = [confirms?.at ?? []].flat()
  check(routes.length > 0, `confirms of ${it} needs at: { at: 'POST /orders' }`)
  for (const route of routes)
    check(
      !!readRoute(route),
      `confirms.at of ${it} is "${route}"; write a method and a path, such as "POST /orders" or "PUT /orders/:id/paid"`,
    )
  check(
    ['undefined', 'function'].includes(typeof confirms.when),
    `confirms.when of ${it} is "${confirms.when}"; it is a function of the answer, such as ({ status }) => status === 201`,
  )
}

export function checkJourney(name: string, options: JourneyOptions<readonly StepInput[]>): void {
  const it = `journey "${name}"`
  checkName(name, it)
  check(Array.isArray(options?.steps) && options.steps.length > 1, `${it} needs at least two steps`)
  const names = options.steps.map((step) => (typeof step === 'string' ? step : step?.name))
  for (const step of names) checkName(step, `a step of ${it}`)
  const checkStep = (step: string, what: string) =>
    check(names.includes(step), `${what} of ${it} names "${step}", which is none of: ${names}`)
  check(new Set(names).size === names.length, `${it} declares a step twice: ${names}`)
  check(
    isVersion(options.version),
    `${it} has the version "${options.version}"; use 1 to 32 letters, digits, dots, hyphens and underscores, such as '1'`,
  )
  for (const step of options.steps)
    for (const pattern of typeof step === 'string' ? [] : [step.at ?? []].flat())
      check(
        isPattern(pattern),
        `at of "${step.name}" of ${it} is "${pattern}"; write a path such as "/orders/:id", "/docs/*", "/checkout?step=payment" or "/#/payment"`,
      )
  checkStep(options.converts, 'converts')
  for (const [step, target] of Object.entries<{ p75: number } | undefined>(options.ready ?? {})) {
    checkStep(step, 'ready')
    check(!!target && target.p75 > 0, `ready.${step} of ${it} needs { p75: milliseconds }`)
  }
  if (options.confirms !== undefined) checkConfirms(options.confirms, it)
  checkDuration(options.within, `within of ${it}`)
  check(
    options.within === undefined || milliseconds(options.within) <= LONGEST_WITHIN,
    `within of ${it} is "${options.within}"; the longest is '366d'`,
  )
  checkDuration(options.idle, `idle of ${it}`)
  check(
    [undefined, 'tab', 'browser'].includes(options.keep),
    `keep of ${it} is "${options.keep}"; it is 'tab' or 'browser'`,
  )
}

export function checkHypothesis(id: string, options: HypothesisOptions<string, string>): void {
  const it = `hypothesis "${id}"`
  checkName(id, it)
  const { journey, statement, variants, weights, from, expect, guardrails = [], until } = options ?? {}
  check(!!journey?.steps, `${it} needs the journey it is about (from defineJourney)`)
  check(!!statement, `${it} needs a statement: the claim in one sentence`)
  check(
    Array.isArray(variants) && variants.length > 1,
    `${it} needs at least two variants, the control first`,
  )
  for (const variant of variants) checkName(variant, `a variant of ${it}`)
  check(new Set(variants).size === variants.length, `${it} declares a variant twice: ${variants}`)
  const sum = weights?.reduce((total, weight) => total + weight, 0) ?? 1
  const each = !weights || (weights.length === variants.length && weights.every((weight) => weight > 0))
  check(
    each && Math.abs(sum - 1) < 1e-6,
    `the weights of ${it} are ${weights}; give one above 0 for each variant, adding up to 1`,
  )
  const effect = expect?.relative ?? expect?.absolute
  check(
    expect?.metric === 'conversion' && Number.isFinite(effect) && effect !== 0,
    `${it} needs expect: { metric: 'conversion', relative: 0.1 } (or absolute), with an effect other than 0`,
  )
  for (const step of [from, ...guardrails.map((guardrail) => guardrail.step)])
    check(
      step === undefined || journey.steps.some(({ name }) => name === step),
      `${it} names the step "${step}", which "${journey.name}" has not`,
    )
  for (const { p75AtMost, relativeAtMost } of guardrails)
    check(
      (p75AtMost === undefined) !== (relativeAtMost === undefined),
      `a guardrail of ${it} needs either p75AtMost or relativeAtMost`,
    )
  check(!until || !Number.isNaN(Date.parse(until)), `until of ${it} is no ISO 8601 date`)
}
