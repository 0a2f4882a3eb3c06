-- Each error: what it is, how often it occurred, how many runs met it and how many of them converted all the same.
SELECT
  fingerprint,
  argMin((type, message, service), (time, event)) AS named,
  arraySort(groupUniqArray(toString(step))) AS steps,
  sum(count) AS occurrences,
  uniqExact(run_id) AS runs,
  uniqExactIf(run_id, converted) AS converted
FROM (
  SELECT fingerprint, run_id, event, min(time) AS time, min(type) AS type, min(message) AS message, min(service) AS service, min(step) AS step, max(count) AS count
  FROM throughline_errors AS errors
  WHERE journey = {journey:String} AND ({only:String} = '' OR toString(errors.step) = {only:String})
    AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
  GROUP BY fingerprint, run_id, event
) AS error
INNER JOIN (SELECT run_id, converted FROM report_runs WHERE inside) AS run USING run_id
GROUP BY fingerprint
