-- How many visits each step had, and how many of their runs converted, by stratum and by phase: those that were still
-- open when it began.
SELECT step, device, network, country, phase, count() AS visits, countIf(converted) AS conversions
FROM report_steps
ARRAY JOIN arrayEnumerate({phases:Array(Float64)}) AS phase
WHERE phase = 1 OR ended >= start + {phases:Array(Float64)}[phase] * 1000
GROUP BY step, device, network, country, phase
-- Sums of fractions depend on the order of what is added.
ORDER BY step, device, network, country, phase
