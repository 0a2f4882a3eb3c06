-- Version 1 kept steps and outcomes in tables of other names. What otel_traces still has is read from there
-- (backfill); of the days that it has no more, these tables know what there is to know. Running it again changes
-- nothing.
INSERT INTO throughline_visits
SELECT
  journey,
  day,
  run_id,
  if(kind = 'enter', event, cityHash64(toString(step), attempt)) AS visit,
  version,
  step,
  attempt,
  if(kind = 'enter', toUnixTimestamp64Micro(time), 9223372036854775807) AS entered,
  0 AS number,
  0 AS behind,
  kind = 'enter' AND server AS server,
  subject,
  device,
  network,
  country,
  if(kind = 'ready', ifNull(ready_ms, inf), inf) AS ready_ms,
  '' AS ready_source,
  if(kind = 'leave', toUnixTimestamp64Micro(time) + toInt64(duration_ms * 1000), 9223372036854775807) AS left,
  if(kind = 'leave', outcome, '') AS outcome,
  arrayMap(key -> concat(key, '=', hypotheses[key]), mapKeys(hypotheses)) AS variants,
  '' AS synthetic,
  0 AS ahead_ms,
  '' AS browser,
  '' AS browser_version,
  '' AS os,
  '' AS language,
  '' AS release
FROM throughline_steps
WHERE toDate(time) NOT IN (SELECT DISTINCT toDate(Timestamp) FROM otel_traces);

INSERT INTO throughline_outcomes
SELECT
  journey, day, run_id, server, outcome,
  event AS fact,
  toUnixTimestamp64Micro(time) AS date,
  if(value IS NULL, (9223372036854775807, 0., ''), (toUnixTimestamp64Micro(time), assumeNotNull(value), toString(currency))) AS worth,
  reason, subject,
  0 AS visit,
  '' AS step,
  0 AS attempt
FROM throughline_journeys
WHERE toDate(time) NOT IN (SELECT DISTINCT toDate(Timestamp) FROM otel_traces);

INSERT INTO throughline_subjects
SELECT DISTINCT subject, run_id, ''
FROM throughline_steps
WHERE kind = 'enter' AND subject != '' AND toDate(time) NOT IN (SELECT DISTINCT toDate(Timestamp) FROM otel_traces);
