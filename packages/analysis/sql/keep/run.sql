-- A run's rows stay together for as long as the run is active.
ALTER TABLE {table} DELETE
WHERE time < fromUnixTimestamp({before})
  AND run_id NOT IN (SELECT run_id FROM throughline_steps WHERE time >= fromUnixTimestamp({before}))
SETTINGS mutations_sync = 2
