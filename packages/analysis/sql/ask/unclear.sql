-- The runs of which paired.sql cannot say how far clocks are apart.
SELECT run_id
FROM report_paired
WHERE repeated
