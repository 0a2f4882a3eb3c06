-- Which log records are about a person. A record of the same trace or page that names a run of somebody else is not.
toUUIDOrZero(LogAttributes['throughline.run.id']) IN {runs}
OR LogAttributes['throughline.subject.id'] IN {names}
OR LogAttributes['throughline.subject.previous'] IN {names}
OR arrayExists(value -> value IN {runs},
  arrayConcat(mapValues(LogAttributes), mapValues(ScopeAttributes), mapValues(ResourceAttributes)))
OR LogAttributes['throughline.run.id'] = ''
  AND (TraceId IN {traces} OR LogAttributes['throughline.page.id'] IN {pages})
