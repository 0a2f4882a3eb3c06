// `npm run slow`: every framework, in a production build. Results, with dates: docs/frameworks.md.
import { angularCases } from './angular.cases.ts'
import { openBrowser } from './drive.ts'
import { reactCases } from './react.cases.ts'
import { reactRouterCases, tanStackRouterCases } from './routers.cases.ts'
import { svelteCases } from './svelte.cases.ts'
import { jestCases, vitestCases } from './unit-tests.cases.ts'
import { vueCases } from './vue.cases.ts'

const open = openBrowser()
angularCases(open)
reactCases(open)
reactRouterCases(open)
tanStackRouterCases(open)
svelteCases(open)
vueCases(open)
jestCases()
vitestCases()
