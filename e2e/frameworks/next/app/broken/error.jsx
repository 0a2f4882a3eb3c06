'use client'

import { Captured } from '../shop'

export default ({ error }) => <Captured error={error} />
