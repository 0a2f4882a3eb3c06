// What a page needs only once it has loaded, in a chunk of its own. Nothing here imports code that the page has loaded
// already, lest bundlers split that into further chunks: it is passed in.
export { observeCauses } from './causes'
export { nameFetchErrors } from './fetch-errors'
export { recoverOutbox } from './recovery'
export { observeStepVitals } from './step-vitals'
