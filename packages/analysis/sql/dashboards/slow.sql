-- Conversion of the visits to a step by how soon it was usable: crude, slow people are in it as much as slow steps.
SELECT
  multiIf(ready_ms <= 1000, 'up to 1 s', ready_ms <= 2000, '1 to 2 s', ready_ms <= 4000, '2 to 4 s', isFinite(ready_ms), 'over 4 s', 'not measured') AS usable,
  count() AS visits,
  countIf(run.converted) AS conversions,
  conversions / visits AS conversion
FROM ({visits}) AS visit
LEFT JOIN ({runs}) AS run ON run.run_id = visit.run_id
GROUP BY usable
ORDER BY min(ready_ms)
