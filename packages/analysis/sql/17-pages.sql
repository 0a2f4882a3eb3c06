-- What became of each page's events (or of a server instance's): what it says itself, and which of them are here.
-- The counts are cumulative: the account with the largest `emitted` is the latest.
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
  -- JSON: how many events were refused for each reason.
  refused_for String,
  errors_ignored UInt64,
  -- Of a server instance, by a server's word.
  server Bool
)
ENGINE = ReplacingMergeTree
ORDER BY (day, page, emitted, delivered, dropped, pending, retried, recovered);

ALTER TABLE throughline_deliveries ADD COLUMN IF NOT EXISTS refused UInt64;

ALTER TABLE throughline_deliveries ADD COLUMN IF NOT EXISTS refused_for String;

ALTER TABLE throughline_deliveries ADD COLUMN IF NOT EXISTS errors_ignored UInt64;

ALTER TABLE throughline_deliveries ADD COLUMN IF NOT EXISTS server Bool;

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_deliveries_view TO throughline_deliveries AS
SELECT
  toDate(intDiv(time, 1000000), 'UTC') AS day,
  if(attributes['throughline.page.id'] != '', attributes['throughline.page.id'], resource['service.instance.id']) AS page,
  toUInt64OrZero(attributes['throughline.delivery.emitted']) AS emitted,
  toUInt64OrZero(attributes['throughline.delivery.delivered']) AS delivered,
  toUInt64OrZero(attributes['throughline.delivery.dropped']) AS dropped,
  toUInt64OrZero(attributes['throughline.delivery.pending']) AS pending,
  toUInt64OrZero(attributes['throughline.delivery.retried']) AS retried,
  toUInt64OrZero(attributes['throughline.delivery.recovered']) AS recovered,
  toUInt64OrZero(attributes['throughline.delivery.refused']) AS refused,
  substringUTF8(attributes['throughline.delivery.refused_for'], 1, 4000) AS refused_for,
  toUInt64OrZero(attributes['throughline.error.ignored']) AS errors_ignored,
  server
FROM throughline_rare_events
WHERE name = 'throughline.delivery' AND page != '';

-- The numbers (throughline.event.seq) of the page's events that arrived: what is missing among them was lost, or is
-- on the way.
CREATE TABLE IF NOT EXISTS throughline_pages (
  page String,
  day Date,
  numbers SimpleAggregateFunction(groupUniqArrayArray, Array(UInt32)),
  -- The same numbers, each with the journey and step that its event is about: number << 32, and a hash of 32 bits.
  places SimpleAggregateFunction(groupUniqArrayArray, Array(UInt64)),
  browser SimpleAggregateFunction(max, LowCardinality(String)),
  -- `hypothesis=variant`, as assigned.
  variants SimpleAggregateFunction(groupUniqArrayArray, Array(String))
)
ENGINE = AggregatingMergeTree
ORDER BY (page, day);

ALTER TABLE throughline_pages ADD COLUMN IF NOT EXISTS places SimpleAggregateFunction(groupUniqArrayArray, Array(UInt64));

ALTER TABLE throughline_pages ADD COLUMN IF NOT EXISTS browser SimpleAggregateFunction(max, LowCardinality(String));

ALTER TABLE throughline_pages ADD COLUMN IF NOT EXISTS variants SimpleAggregateFunction(groupUniqArrayArray, Array(String));

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_pages_view TO throughline_pages AS
SELECT
  attributes['throughline.page.id'] AS page,
  toDate(intDiv(time, 1000000), 'UTC') AS day,
  [toUInt32OrZero(attributes['throughline.event.seq'])] AS numbers,
  [bitShiftLeft(toUInt64(numbers[1]), 32) + toUInt32(cityHash64(concat(journey, ' ', step)))] AS places,
  trim(concat(told_browser, ' ', told_version)) AS browser,
  variants
FROM throughline_events
WHERE page != '' AND name != 'throughline.delivery' AND toUInt32OrZero(attributes['throughline.event.seq']) > 0;
