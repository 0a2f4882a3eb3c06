import type { Tracker } from '@throughline/core'
import { useSyncExternalStore } from 'react'

const none = () => undefined
const never = () => none

/** What a tracker answers, as it changes; undefined without one, and while a server renders. */
export const useTracked = <T>(tracker: Tracker | undefined, ask: (tracker: Tracker) => T): T | undefined =>
  useSyncExternalStore(tracker?.onChange ?? never, () => tracker && ask(tracker), none)
