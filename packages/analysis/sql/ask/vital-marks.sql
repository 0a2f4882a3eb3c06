-- The marks of each visit (vitals.sql), and when its layout shift was.
SELECT visit, marks, shifted
FROM report_reported
WHERE plain
UNION ALL
SELECT visit, marks, shifted
FROM report_first_marks
