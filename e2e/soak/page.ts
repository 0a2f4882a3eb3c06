import { startThroughline } from '@throughline/core/web'
import { soak } from './journey.ts'

// A page that tells the outside of each event before it can be on its way, by a binding of the DevTools protocol:
// what went through it is with the browser, whatever becomes of the page.

declare const emitted: (text: string) => void

const { otlp } = document.documentElement.dataset
const tracker = startThroughline({ serviceName: 'soak', endpoint: otlp!, compress: true, journeys: [soak] })
const realNow = Date.now
let jumped = 0
const page = crypto.randomUUID()
const tell = (what: object) => emitted(JSON.stringify({ page, jumped, ...what }))

tracker.subscribe(({ name, attributes }) => {
  // Accounts that it gives for others know nothing of errors.
  if (name === 'throughline.delivery' && 'throughline.error.ignored' in attributes)
    tell({ calledPage: attributes['throughline.page.id'] })
  if (name === 'throughline.delivery') return
  const id = attributes['throughline.event.id'] as string
  tell({ id })
  // By then it has been written, or could not be.
  setTimeout(() =>
    setTimeout(() => {
      const isKept = localStorage.getItem(`throughline.out.${id}`) !== null
      tell({ id, isKept, isFull: !isKept && isFull() })
    }),
  )
})

/** Whether there is no room for one more event. */
function isFull(): boolean {
  try {
    localStorage.setItem('probe', 'x'.repeat(5000))
    localStorage.removeItem('probe')
    return false
  } catch {
    return true
  }
}

Date.now = () => realNow.call(Date) + jumped

Object.assign(window, {
  emit(count: number) {
    for (let i = 0; i < count; i++) tracker.record('throughline.satisfaction', { i })
  },
  enter: (step: 'start' | 'middle' | 'end') => tracker.enter(soak, step),
  jump(ms: number) {
    jumped += ms
    tell({})
  },
  /** Leaves no room for a single character. */
  fill() {
    for (let size = 2 ** 22; size >= 1; size = Math.floor(size / 2))
      for (let i = 0; ; i++)
        try {
          localStorage.setItem(`ballast.${size}.${i}`, 'x'.repeat(size))
          if (i > 3) break
        } catch {
          break
        }
  },
  free() {
    for (const key of Object.keys(localStorage)) if (key.startsWith('ballast.')) localStorage.removeItem(key)
  },
  waiting: () => Object.keys(localStorage).filter((key) => key.startsWith('throughline.out.')).length,
})
tracker.enter(soak, 'start')
