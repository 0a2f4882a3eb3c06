SELECT count() AS runs, countIf(converted) AS conversions, conversions / runs AS conversion FROM ({runs})
