// One real case of each kind, in production builds: two examples, and what is a trap. `npm run slow` drives them all.
import { angularCases } from './frameworks/angular.cases.ts'
import { openBrowser } from './frameworks/drive.ts'
import { reactRouterCases } from './frameworks/routers.cases.ts'
import { jestCases } from './frameworks/unit-tests.cases.ts'
import { vueCases } from './frameworks/vue.cases.ts'

const open = openBrowser()
angularCases(open)
reactRouterCases(open)
vueCases(open)
jestCases()
