-- The 75th percentile of a measure by variant, with the order statistics that bound it: the ranks are those of a
-- binomial, `factor` standard deviations away: `z` at a time fixed beforehand, or as far as an always-valid bound on
-- the share of values below the percentile is (rho2 and alpha; infer/compare.ts, oneSidedFactor). That share is 0.75
-- whatever the values are, so the ranks that it cannot have bound the percentile at any time (Howard and Ramdas,
-- "Sequential estimation of quantiles", Bernoulli 28, 2022, on this duality). One value per subject, the first after
-- it met the variant, so that values are independent; `high` is NULL when there are too few.
SELECT
  variant,
  count() AS subjects,
  quantileExactInclusive(0.75)(value) AS p75,
  subjects * {rho2:Float64} AS intrinsic,
  if({rho2:Float64} = 0, {z:Float64},
    sqrt(2 * (intrinsic + 1) / intrinsic * log(1 + sqrt(intrinsic + 1) / (2 * {alpha:Float64})))) AS factor,
  factor * sqrt(subjects * 0.1875) AS spread,
  if(floor(subjects * 0.75 - spread) >= 1, arraySort(groupArray(value))[toUInt64(floor(subjects * 0.75 - spread))], 0) AS low,
  if(ceil(subjects * 0.75 + spread) + 1 <= subjects, arraySort(groupArray(value))[toUInt64(ceil(subjects * 0.75 + spread) + 1)], NULL) AS high
FROM (
  SELECT people.person AS person, variants[1] AS variant, argMin(measured.value, (measured.at, measured.value)) AS value
  FROM report_exposed AS people
  INNER JOIN report_owned AS owned ON owned.person = people.person
  INNER JOIN (
    SELECT run_id, max(value) AS value, min(toUnixTimestamp64Micro(time)) AS at
    FROM throughline_vitals
    WHERE journey = {journey:String} AND name = {metric:String} AND step IN {guarded:Array(String)}
    GROUP BY run_id, measurement
    UNION ALL
    SELECT run_id, visit.ready, visit.time
    FROM (SELECT run_id, path FROM report_versions WHERE {metric:String} = 'ready')
    ARRAY JOIN path AS visit
    WHERE isFinite(visit.ready) AND {steps:Array(String)}[visit.place] IN {guarded:Array(String)} AND NOT visit.floats
  ) AS measured ON measured.run_id = owned.run_id
  WHERE NOT anonymous AND length(variants) = 1 AND exposed + {within:Int64} * 1000 <= {asOf:Int64} * 1000
    AND (has(runs, owned.run_id) OR owned.began >= exposed) AND measured.at <= exposed + {within:Int64} * 1000
  GROUP BY person, variant
)
GROUP BY variant
