-- A run's rows stay together for as long as the run is active.
ALTER TABLE {table} DELETE
WHERE day < toDate(fromUnixTimestamp({before}), 'UTC')
  AND run_id NOT IN (
    SELECT run_id
    FROM throughline_visits
    WHERE entered BETWEEN {before} * 1000000 AND 9223372036854775806
      OR left BETWEEN {before} * 1000000 AND 9223372036854775806)
SETTINGS mutations_sync = 2
