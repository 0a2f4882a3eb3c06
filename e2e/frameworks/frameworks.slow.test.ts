// `npm run slow`: every framework that has no server of its own, in a production build.
// Results, with dates: docs/frameworks.md.
import { angularCases, angularExampleCases } from './angular.cases.ts'
import { openBrowser } from './drive.ts'
import { reactCases, reactExampleCases } from './react.cases.ts'
import { reactRouterCases, tanStackRouterCases } from './routers.cases.ts'
import { svelteCases } from './svelte.cases.ts'
import { jestCases, vitestCases } from './unit-tests.cases.ts'
import { vueCases } from './vue.cases.ts'

const open = openBrowser()
angularExampleCases(open)
angularCases(open)
reactExampleCases(open)
reactCases(open)
reactRouterCases(open)
tanStackRouterCases(open)
svelteCases(open)
vueCases(open)
jestCases()
vitestCases()
