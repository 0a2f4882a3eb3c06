-- Runs that met a variant, and those of them that met an error.
SELECT variant, count() AS runs, countIf(run_id IN (SELECT run_id FROM throughline_errors WHERE journey = '{journey}')) AS failing, failing / runs AS share
FROM ({exposed})
GROUP BY variant
ORDER BY indexOf([{variants}], variant)
