-- The types of navigation that vitals of a journey name. Their places in this list stand for them in vitals.sql, on
-- every shard of a cluster: so it is asked for once, of all.
SELECT arraySlice(arraySort(groupUniqArray(toString(navigation_type))), 1, 254) AS types
FROM throughline_vitals
WHERE journey = {journey:String}
