-- How many runs of the journeys were made by crawlers and tests in the time of the report.
SELECT uniqExact(run_id) AS runs
FROM throughline_visits
WHERE journey IN {journeys:Array(String)} AND run_id IN (SELECT run_id FROM report_machines) AND entered < 9223372036854775807
  AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
  AND least(toUnixTimestamp64Milli(UUIDv7ToDateTime(run_id, 'UTC')), {now:Int64} - 1) BETWEEN {since:Int64} AND {until:Int64} - 1
