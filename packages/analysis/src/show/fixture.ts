export { cut } from './fixture/cut'
// Results for tests of the views: one with everything in it, one empty, one that is as nasty as data can be.
export { empty } from './fixture/empty'
export { extreme, HOSTILE } from './fixture/extreme'
export { full } from './fixture/full'
