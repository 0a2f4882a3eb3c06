-- Runs, ready to be folded (fold.sql). Few have something that a server entered without saying behind which visit:
-- spread.sql does those. Where tables are not kept it does all, as in placed.sql.
SELECT * EXCEPT (corrected, in_time, seen_subject, seen_subjects, word_subject, word_subjects), corrected AS path
FROM report_timed
WHERE empty(in_time)
UNION ALL
SELECT * FROM report_spread
