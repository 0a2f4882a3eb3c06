-- Exposures to what is not declared: variants of the hypotheses that are, and other hypotheses as a whole. Parameters:
-- declared (`hypothesis=variant`), known (hypotheses), since and last (ms).
SELECT
  toString(hypothesis) AS hypothesis, if(has({known:Array(String)}, hypothesis), toString(variant), '') AS met,
  uniqExact(run_id) AS runs
FROM throughline_exposures
WHERE NOT has({declared:Array(String)}, concat(hypothesis, '=', variant)) AND hypothesis != ''
  AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
GROUP BY hypothesis, met
ORDER BY runs DESC, hypothesis, met
LIMIT 20
