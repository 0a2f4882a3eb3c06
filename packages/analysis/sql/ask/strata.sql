-- What the number of each stratum stands for (steps.sql). Parameters: steps.
SELECT cityHash64(place, cityHash64(device, network, country)) AS stratum, {steps:Array(String)}[place] AS step, device, network, country
FROM (SELECT DISTINCT device, network, country FROM report_runs WHERE inside)
ARRAY JOIN arrayMap(place -> toUInt16(place), arrayEnumerate({steps:Array(String)})) AS place
