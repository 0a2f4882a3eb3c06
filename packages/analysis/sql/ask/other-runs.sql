-- Runs of the declared journeys at any time, and when the first and the last of them began (ms). Parameters: journeys,
-- synthetic (runs of crawlers and tests are left out, included or the only ones).
SELECT
  uniq(run_id) AS runs,
  toUnixTimestamp64Milli(min(UUIDv7ToDateTime(run_id, 'UTC'))) AS first,
  toUnixTimestamp64Milli(max(UUIDv7ToDateTime(run_id, 'UTC'))) AS last
FROM throughline_visits
WHERE journey IN {journeys:Array(String)} AND toDate(UUIDv7ToDateTime(run_id, 'UTC')) = day
  AND entered < 9223372036854775807
  AND ({synthetic:String} = 'include' OR (run_id IN (SELECT run_id FROM report_machines)) = ({synthetic:String} = 'only'))
