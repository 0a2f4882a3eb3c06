-- Which spans are about a person. A span of the same trace or page that names a run of somebody else is not.
toUUIDOrZero(SpanAttributes['throughline.run.id']) IN {runs}
OR SpanAttributes['throughline.subject.id'] IN {names}
OR SpanAttributes['throughline.subject.previous'] IN {names}
OR arrayExists(value -> value IN {runs}, arrayConcat(mapValues(SpanAttributes), mapValues(ResourceAttributes)))
OR arrayExists(own -> arrayExists(value -> value IN {runs}, mapValues(own))
  OR own['throughline.subject.id'] IN {names}, arrayConcat(Events.Attributes, Links.Attributes))
OR SpanAttributes['throughline.run.id'] = ''
  AND (TraceId IN {traces} OR SpanAttributes['throughline.page.id'] IN {pages})
