-- First visits by part, stratum and phase, and how many of their runs converted: those that were still open when the
-- phase began. Parameters: phases (ms).
SELECT part, stratum, phase, count() AS visits, countIf(converted) AS conversions
FROM report_steps
ARRAY JOIN arrayEnumerate({phases:Array(Float64)}) AS phase
WHERE phase = 1 OR ended >= start + {phases:Array(Float64)}[phase] * 1000
GROUP BY part, stratum, phase
