-- The largest report of each measure of each visit (vitals.sql says how they are packed), and whether several
-- measurements reported: few visits have that, and only of them the first has to be looked for.
SELECT key, max(report) AS largest, min(measurement) != max(measurement) AS several
FROM report_vitals
GROUP BY key
