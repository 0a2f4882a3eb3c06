'use client'

import { useRouter } from 'next/navigation'
import { At } from '../../shop'

export default function Payment() {
  const router = useRouter()
  return (
    <At name="payment">
      <dialog open>
        <button type="button" onClick={() => router.back()}>
          close
        </button>
        <button type="button" onClick={() => router.push('/done')}>
          buy
        </button>
      </dialog>
    </At>
  )
}
