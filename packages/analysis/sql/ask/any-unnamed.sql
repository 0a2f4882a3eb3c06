-- How many spans name no visit.
SELECT count() AS spans
FROM report_unnamed
