import { readFileSync } from 'node:fs'
import type { RequestHandler } from 'express'
import { onePagePayment } from '../journeys.ts'
import type { Session } from '../shared/api.ts'
import { assign } from '../shared/assignment.ts'
import { welcome } from './subject.ts'

/**
 * Every page of the shop is the same document, with the visitor's session in it: the flags are there before the first
 * render, so nobody sees one variant flash up before the other.
 */
export function page(dist: string, otlp: string): RequestHandler {
  const [head, tail] = readFileSync(`${dist}index.html`, 'utf8').split('{}')
  return (req, res) => {
    const subject = welcome(req, res)
    const session: Session = { subject, flags: { [onePagePayment.flag]: assign(subject) }, otlp }
    res.set('cache-control', 'no-store').type('html')
    res.send(`${head}${JSON.stringify(session).replaceAll('<', '\\u003c')}${tail}`)
  }
}
