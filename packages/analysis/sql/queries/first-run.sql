-- When the earliest run of any journey began, ms since the epoch; 0 if there is none.
SELECT toUnixTimestamp64Milli(min(UUIDv7ToDateTime(run_id, 'UTC'))) AS since
FROM throughline_steps
WHERE kind = 'enter' AND toDate(UUIDv7ToDateTime(run_id, 'UTC')) = day
