SELECT
  variant,
  count() AS runs,
  runs / sum(runs) OVER () AS share,
  transform(variant, [{variants}], [{weights}], 0) AS declared,
  countIf(converted) AS conversions,
  conversions / runs AS conversion
FROM ({exposed})
GROUP BY variant
ORDER BY indexOf([{variants}], variant)
