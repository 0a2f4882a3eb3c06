import { diag } from '@opentelemetry/api'
import { epochOf } from '../clock'
import { fingerprint } from '../fingerprint'
import { isSteering } from '../steering'
import { createAccount } from './account'
import { ownOrigin } from './address'
import { pageStart } from './navigation'
import { failureOf } from './requests'
import { safely } from './safely'
import { maskStack, maskText, scrubText, scrubUrl, topFrame } from './scrub'
import { isObservable, navigationEntry } from './timing'
import { outsideZone, setTimer } from './zone'

/**
 * Of what the page has loaded, what code that loads later needs: it is passed, since bundlers would split what both
 * import once more.
 */
export const tools = {
  createAccount,
  diag,
  epochOf,
  failureOf,
  fingerprint,
  isObservable,
  isSteering,
  maskStack,
  maskText,
  navigationEntry,
  outsideZone,
  ownOrigin,
  pageStart,
  safely,
  scrubText,
  scrubUrl,
  setTimer,
  topFrame,
}

export type Tools = typeof tools
