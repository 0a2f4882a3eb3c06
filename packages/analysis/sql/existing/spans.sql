-- Spans that know nothing of Throughline, as far as a report can use them: what names an address, requests that were
-- answered or that a page sent, vitals, and exceptions. A span has the session and the person of its trace if it names
-- none: servers seldom do. Parameters: first and last (ms since the epoch), margin (ms): how far a trace may reach
-- beyond them.
WITH
  coalesce(nullIf(SpanAttributes['http.request.method'], ''), SpanAttributes['http.method']) AS method,
  coalesce(nullIf(SpanAttributes['http.response.status_code'], ''), SpanAttributes['http.status_code']) AS status,
  SpanKind IN ('Server', 'SPAN_KIND_SERVER') AS answers,
  SpanKind IN ('Client', 'SPAN_KIND_CLIENT') AS asks,
  ResourceAttributes['telemetry.sdk.language'] = 'webjs' OR mapContains(ResourceAttributes, 'browser.mobile')
    OR mapContains(ResourceAttributes, 'browser.platform') AS web,
  arrayFilter(address -> address != '',
    [SpanAttributes['browser.document.url.full'], SpanAttributes['page.url']]) AS of_page,
  -- What a request or a page load is about. What a page fetches, or sends by a form, is no page; nor is a redirect.
  if(SpanKind NOT IN ('Client', 'SPAN_KIND_CLIENT', 'Producer', 'SPAN_KIND_PRODUCER', 'Consumer', 'SPAN_KIND_CONSUMER')
      AND method IN ('', 'GET') AND (status = '304' OR NOT startsWith(status, '3')),
    arrayFilter(address -> address != '', [
      if(SpanAttributes['url.path'] = '', '',
        concat(SpanAttributes['url.path'], if(SpanAttributes['url.query'] = '', '', concat('?', SpanAttributes['url.query'])))),
      SpanAttributes['http.target'],
      SpanAttributes['http.route'],
      SpanAttributes['url.full'],
      SpanAttributes['http.url'],
      extract(SpanName, '^(?:GET )?((?:/|https?://)\\S*)$')]), []) AS of_request
SELECT
  toUnixTimestamp64Micro(Timestamp) AS time,
  TraceId AS trace,
  SpanId AS span,
  ParentSpanId AS parent,
  TraceState AS state,
  SpanName AS name,
  SpanKind AS kind,
  ServiceName AS service,
  Duration AS duration,
  StatusCode AS status_code,
  mapFilter((key, value) -> NOT startsWith(key, 'throughline.'), SpanAttributes) AS attributes,
  ResourceAttributes AS resource,
  if(notEmpty(of_page), of_page, of_request) AS addresses,
  -- How long a page took, where the span is the load of one.
  empty(of_page) OR name IN ('documentLoad', 'browser.navigation_timing') AS loads,
  arrayFilter((attributes, name) -> name = 'exception', Events.Attributes, Events.Name) AS exceptions,
  coalesce(nullIf(SpanAttributes['session.id'], ''), nullIf(ResourceAttributes['session.id'], ''), traces.session) AS session,
  coalesce(nullIf(SpanAttributes['enduser.id'], ''), nullIf(ResourceAttributes['enduser.id'], ''), traces.person) AS person
FROM otel_traces AS spans
GLOBAL ANY LEFT JOIN (
  SELECT
    TraceId AS named,
    max(coalesce(nullIf(SpanAttributes['session.id'], ''), ResourceAttributes['session.id'])) AS session,
    max(coalesce(nullIf(SpanAttributes['enduser.id'], ''), ResourceAttributes['enduser.id'])) AS person
  FROM otel_traces
  WHERE Timestamp >= fromUnixTimestamp64Milli({first:Int64} - {margin:Int64})
    AND Timestamp < fromUnixTimestamp64Milli({last:Int64} + {margin:Int64})
  GROUP BY TraceId
  HAVING session != '' OR person != ''
) AS traces ON spans.TraceId = traces.named
WHERE Timestamp >= fromUnixTimestamp64Milli({first:Int64}) AND Timestamp < fromUnixTimestamp64Milli({last:Int64})
  AND NOT startsWith(SpanName, 'throughline.')
  AND (notEmpty(addresses) OR answers OR (asks AND web) OR notEmpty(exceptions)
    OR SpanName IN ('browser.web_vital', 'exception'))
ORDER BY Timestamp, SpanId
