import { diag } from '@opentelemetry/api'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { defineJourney } from '../journey'
import { createTracker } from '../tracker'
import { gatedStorage, keepRuns, tabStorage } from './index'
import { startThroughline } from './own'
import { throughlineParts } from './parts'
import { createProvider } from './provider'
import { createSink, start, stopAll } from './testing'

afterEach(async () => {
  await stopAll()
  vi.restoreAllMocks()
  for (const frame of document.querySelectorAll('iframe')) frame.remove()
})

const trial = defineJourney('trial', {
  version: '1',
  steps: ['cart', 'payment', 'confirmation'],
  converts: 'confirmation',
  within: '60d',
  idle: '30d',
  keep: 'browser',
})
const KEY = 'throughline.run.trial'
const startTrial = (options: object) =>
  start({ endpoint: createSink().endpoint, journeys: [trial], hypotheses: [], ...options })

/** What another tab does to localStorage: its page hears of what other documents write. */
function elsewhere(): Storage {
  const frame = document.body.appendChild(document.createElement('iframe'))
  return frame.contentWindow!.localStorage
}

/** Closes the tab, as far as storage goes. */
async function closeTab(tracker: ReturnType<typeof startTrial>) {
  await tracker.stop()
  sessionStorage.clear()
}

describe("a run with keep: 'browser'", () => {
  it.each([
    ['with', { consent: 'granted' }, () => {}],
    [
      'with required and then granted',
      { consent: 'required' },
      (tracker: ReturnType<typeof startTrial>) => tracker.consent('granted'),
    ],
  ])('%s explicit consent goes on in the next tab', async (_, options, answer) => {
    const monday = startTrial(options)
    monday.enter(trial, 'cart')
    answer(monday)
    const { run } = monday.current()!
    expect(localStorage.getItem(KEY)).toContain(run)
    await closeTab(monday)
    // Asking again reads what was stored with consent, and writes nothing before the answer.
    const wednesday = startTrial(options)
    wednesday.enter(trial, 'payment')
    answer(wednesday)
    expect(wednesday.current()).toMatchObject({ run, step: 'payment', visitIndex: 2 })
    expect(localStorage.getItem(KEY)).toContain('"step":"payment"')
  })

  it('without it ends with the tab, and one message says why', async () => {
    const warn = vi.spyOn(diag, 'warn')
    const tracker = startTrial({})
    tracker.enter(trial, 'cart')
    tracker.enter(trial, 'payment')
    expect(localStorage.getItem(KEY)).toBeNull()
    // State is written once a task.
    await vi.waitFor(() => expect(sessionStorage.getItem('throughline')).toContain('"step":"payment"'))
    expect(warn.mock.calls).toEqual([
      [expect.stringContaining(`"trial" ends with the tab: keep: 'browser' needs consent: 'granted'`)],
    ])
  })

  it('stores nothing while consent is asked for, nor when it is denied', () => {
    const tracker = startTrial({ consent: 'required' })
    tracker.enter(trial, 'cart')
    expect(localStorage.getItem(KEY)).toBeNull()
    tracker.consent('denied')
    tracker.enter(trial, 'payment')
    expect(Object.keys(localStorage)).toEqual([])
  })

  it('withdrawn in another tab is cleared here as well, and stays so', async () => {
    const { endpoint, bodies } = createSink()
    const tracker = startTrial({ consent: 'granted', endpoint })
    tracker.enter(trial, 'cart')
    await tracker.flush()
    const sent = (await bodies()).length
    elsewhere().removeItem(KEY)
    await vi.waitFor(() => expect(sessionStorage.getItem('throughline')).toBeNull())
    tracker.enter(trial, 'payment')
    await tracker.flush()
    expect(localStorage.getItem(KEY)).toBeNull()
    expect(Object.keys(sessionStorage).filter((key) => key.startsWith('throughline'))).toEqual([])
    expect(await bodies()).toHaveLength(sent)
  })

  it('withdrawn while the page was in the back/forward cache is cleared when it is back', () => {
    const tracker = startTrial({ consent: 'granted' })
    tracker.enter(trial, 'cart')
    dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))
    localStorage.removeItem(KEY)
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
    expect(sessionStorage.getItem('throughline')).toBeNull()
    expect(localStorage.getItem(KEY)).toBeNull()
  })

  it('that another tab goes on with is no withdrawal', async () => {
    const tracker = startTrial({ consent: 'granted' })
    tracker.enter(trial, 'cart')
    const heard = new Promise((resolve) => addEventListener('storage', resolve, { once: true }))
    const other = elsewhere()
    other.setItem(KEY, other.getItem(KEY)!.replace('"visits":1', '"visits":2'))
    await heard
    tracker.enter(trial, 'payment')
    expect(tracker.current()).toMatchObject({ visitIndex: 3 })
    expect(localStorage.getItem(KEY)).toContain('"step":"payment"')
  })

  it('in a full localStorage ends with the tab, whose storage goes on', async () => {
    const warn = vi.spyOn(diag, 'warn')
    const real = Storage.prototype.setItem
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(function (this: Storage, key, value) {
      if (key === KEY) throw new DOMException('full', 'QuotaExceededError')
      real.call(this, key, value)
    })
    const tracker = startTrial({ consent: 'granted' })
    tracker.enter(trial, 'cart')
    tracker.enter(trial, 'payment')
    // State is written once a task.
    await vi.waitFor(() => expect(sessionStorage.getItem('throughline')).toContain('"step":"payment"'))
    expect(warn.mock.calls).toEqual([[expect.stringContaining('runs end with the tab'), expect.anything()]])
  })

  it('is kept by a tracker of the host whose storage is given keepRuns', async () => {
    const storage = keepRuns(gatedStorage(tabStorage(), true))
    const tracker = createTracker({ journeys: [trial], storage })
    const provider = createProvider(throughlineParts({ tracker }))
    const page = startThroughline({ tracker, provider, storage, consent: 'granted' })
    page.enter(trial, 'cart')
    expect(localStorage.getItem(KEY)).toContain('"step":"cart"')
    await page.stop()
  })
})
