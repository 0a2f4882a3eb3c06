-- Exposures to what is not declared. Parameters: declared (`hypothesis=variant`), since and last (ms).
SELECT toString(hypothesis) AS hypothesis, toString(variant) AS variant, uniqExact(run_id) AS runs
FROM throughline_exposures
WHERE NOT has({declared:Array(String)}, concat(hypothesis, '=', variant)) AND hypothesis != ''
  AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
GROUP BY hypothesis, variant
ORDER BY runs DESC, hypothesis, variant
LIMIT 20
