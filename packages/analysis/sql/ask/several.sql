-- Whether any visit has several measurements of one measure.
SELECT count() > 0 AS found
FROM report_measured
WHERE several
