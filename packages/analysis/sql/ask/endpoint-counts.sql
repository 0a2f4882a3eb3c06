-- First visits that called each endpoint, by part and stratum: how many there are, and how many of them met that it
-- was slow or failed (called.sql).
SELECT
  part, which, stratum,
  count() AS callers,
  countIf(converted) AS callerConversions,
  sum(weight) AS weight,
  arrayJoin([
    ('failing-endpoint', countIf(failures > 0), countIf(failures > 0 AND converted), sum(failures)),
    ('slow-endpoint', countIf(slow), countIf(slow AND converted), countIf(slow))
  ]) AS outcome,
  outcome.1 AS kind,
  outcome.2 AS visits,
  outcome.3 AS conversions,
  outcome.4 AS occurrences
FROM report_called
GROUP BY part, which, stratum
