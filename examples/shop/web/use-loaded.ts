import { useEffect, useState } from 'react'

interface Loaded<T> {
  readonly data?: T
  readonly error?: Error
}

/** What `load` brings; asked again whenever `key` changes. */
export function useLoaded<T>(key: string, load: () => Promise<T>): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T> & { key: string }>({ key })
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says when `load` has changed
  useEffect(() => {
    let gone = false
    const done = (result: Loaded<T>) => {
      if (!gone) setLoaded({ key, ...result })
    }
    load().then(
      (data) => done({ data }),
      (error) => done({ error }),
    )
    return () => {
      gone = true
    }
  }, [key])
  return loaded.key === key ? loaded : {}
}
