-- The visits that reported.sql cannot say enough of.
SELECT visit
FROM report_reported
WHERE NOT plain
