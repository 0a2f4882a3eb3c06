-- The runs that the filters of a report select. A run has to have one of the wanted values of every key; an empty one
-- stands for runs that have none. Parameters: filters (keys), wanted (for each its values), unwanted (`key=value`),
-- steps.
SELECT * EXCEPT (facts)
FROM (
  SELECT run.*, told.facts AS facts
  FROM report_folded AS run
  LEFT ANY JOIN report_traits AS told ON told.run_id = run.run_id
)
WHERE NOT hasAny(facts, {unwanted:Array(String)}) AND arrayAll(
  (key, values) -> multiIf(
    key = 'converted', has(values, if(converted, 'yes', 'no')),
    key = 'reached', arrayExists((step, time) -> time > 0 AND has(values, step), {steps:Array(String)}, times),
    key = 'dropped', NOT converted AND NOT going AND NOT later
      AND has(values, {steps:Array(String)}[arrayLastIndex(time -> time > 0, times)]),
    hasAny(facts, arrayMap(value -> concat(key, '=', value), values))
      OR (has(values, '') AND NOT arrayExists(fact -> startsWith(fact, concat(key, '=')), facts))),
  {filters:Array(String)}, {wanted:Array(Array(String))})
