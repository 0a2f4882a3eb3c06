-- What became of the journey events of each page, or of each instance of a server, as it counted them itself. Cumulative: the largest
-- `emitted` is the latest.
CREATE TABLE IF NOT EXISTS throughline_deliveries (
  day Date,
  page String,
  emitted UInt64,
  delivered UInt64,
  dropped UInt64,
  pending UInt64,
  retried UInt64,
  recovered UInt64,
  refused UInt64,
  server Bool
)
ENGINE = ReplacingMergeTree
ORDER BY (day, page, emitted, delivered, dropped, pending, retried, recovered);

ALTER TABLE throughline_deliveries
  ADD COLUMN IF NOT EXISTS refused UInt64,
  ADD COLUMN IF NOT EXISTS server Bool;

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_deliveries_view TO throughline_deliveries AS
SELECT
  toDate(intDiv(toUnixTimestamp64Nano(Timestamp), 1000000000), 'UTC') AS day,
  SpanAttributes['throughline.event.source'] = 'server' AS server,
  if(server, ResourceAttributes['service.instance.id'], SpanAttributes['throughline.page.id']) AS page,
  toUInt64OrZero(SpanAttributes['throughline.delivery.emitted']) AS emitted,
  toUInt64OrZero(SpanAttributes['throughline.delivery.delivered']) AS delivered,
  toUInt64OrZero(SpanAttributes['throughline.delivery.dropped']) AS dropped,
  toUInt64OrZero(SpanAttributes['throughline.delivery.pending']) AS pending,
  toUInt64OrZero(SpanAttributes['throughline.delivery.retried']) AS retried,
  toUInt64OrZero(SpanAttributes['throughline.delivery.recovered']) AS recovered,
  toUInt64OrZero(SpanAttributes['throughline.delivery.refused']) AS refused
FROM otel_traces
WHERE SpanName = 'throughline.delivery' AND page != '';
