-- Runs that came to each step.
SELECT step, countIf(has(steps, step)) AS runs
FROM (SELECT steps, arrayJoin([{steps}]) AS step FROM ({runs}))
GROUP BY step
ORDER BY indexOf([{steps}], step)
