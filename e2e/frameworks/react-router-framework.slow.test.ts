import { describe, it } from 'vitest'
import { openSite } from '../page-life/site.ts'
import { HYDRATED, openBrowser, siteOf, visit } from './drive.ts'
import { build, example } from './prepare.ts'
import type { On } from './roads.ts'
import { confirmedRoad, errorPageRoad } from './roads.ts'
import { appOf } from './servers.ts'

describe('React Router, framework mode', () => {
  const open = openBrowser()
  const sink = siteOf(() => openSite())
  const app = appOf({ build: () => build(example('react-router-framework')), pages: sink })
  const on: On = (act) => visit(open, sink(), app.url, act, HYDRATED.react)

  it('an action has the journey of the page that it was sent from, and confirms it', () =>
    confirmedRoad(on, app, sink()))

  it('what its error page shows is recorded once, on its step', () => errorPageRoad(on))
})
