-- When the earliest run of the declared journeys began, ms since the epoch; 0 if there is none.
SELECT toUnixTimestamp64Milli(min(UUIDv7ToDateTime(run_id, 'UTC'))) AS since
FROM throughline_visits
WHERE journey IN {journeys:Array(String)} AND toDate(UUIDv7ToDateTime(run_id, 'UTC')) = day AND entered < 9223372036854775807
