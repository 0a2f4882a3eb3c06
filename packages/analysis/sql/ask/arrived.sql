-- What arrived in the time of the report, declared or not: runs by journey, version and step.
SELECT journey, version, step, uniq(run_id) AS runs
FROM throughline_visits
WHERE entered < 9223372036854775807
  AND ({synthetic:String} = 'include' OR (run_id IN (SELECT run_id FROM report_machines)) = ({synthetic:String} = 'only'))
  AND day BETWEEN toDate(intDiv({from:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
GROUP BY journey, version, step WITH ROLLUP
ORDER BY runs DESC, journey, version, step
LIMIT 1000
