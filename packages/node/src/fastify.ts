import type { FastifyPluginCallback, FastifyRequest } from 'fastify'
import { incomingOf } from './answered'
import type { RequestOptions } from './request-journey'
import { requestJourney } from './request-journey'

/**
 * Plugin for Fastify: `app.register(throughline({ journeys }))`, before the routes. It holds for all of them, wherever
 * they are registered.
 *
 * @param options `subject` is given Fastify's request
 * @throws TypeError at set-up, when the definitions are not usable
 */
export function throughline(options: RequestOptions<FastifyRequest>): FastifyPluginCallback {
  const run = requestJourney('throughline()', options)
  const plugin: FastifyPluginCallback = (app, _options, ready) => {
    app.addHook('onRequest', (request, reply, done) =>
      run(request, { ...incomingOf(request.raw, reply.raw), url: request.originalUrl }, done),
    )
    ready()
  }
  // Without this mark, the hook would hold only for what this plugin itself registers.
  return Object.assign(plugin, { [Symbol.for('skip-override')]: true })
}
