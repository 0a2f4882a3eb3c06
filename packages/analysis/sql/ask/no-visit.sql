-- Where first-marks.sql says all, it needs no list of what to say more about.
SELECT visit
FROM throughline_visits
LIMIT 0
