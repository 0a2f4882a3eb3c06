-- One row a run of a journey: its visits in the order of the run, the rest of what is known of it beside them. Runs
-- from `from` on are read; those before `since` are not `inside`: only hypotheses ask for them. Parameters: since and
-- now (ms).
SELECT
  run_id, device, network, country, path, floats, capped,
  toUnixTimestamp64Milli(UUIDv7ToDateTime(run_id, 'UTC')) AS began,
  began >= {now:Int64} AS ahead_of_us,
  began >= {since:Int64} AS inside,
  arraySort(names) AS subjects,
  -- The first in the order of the run that has one.
  if(length(subjects) < 2, subjects[1],
    arrayFirst(name -> cityHash64(name) = arrayFirst(named -> named != 0, path.subject), subjects)) AS subject,
  arrayExists(
    (time, before, server, server_before) -> time < before AND NOT server AND NOT server_before,
    path.time, arrayPushFront(arrayPopBack(path.time), path.time[1]),
    path.server, arrayPushFront(arrayPopBack(path.server), path.server[1])) AS jumped
FROM report_placed
