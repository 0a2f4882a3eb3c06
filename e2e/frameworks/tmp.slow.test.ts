import { openBrowser } from './drive.ts'
import { angularCases, angularExampleCases } from './angular.cases.ts'
const open = openBrowser()
angularExampleCases(open)
angularCases(open)
