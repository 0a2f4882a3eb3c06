-- How many runs have to go the long way (direct.sql).
SELECT count() AS runs
FROM report_direct
WHERE doubted != toUUID('00000000-0000-0000-0000-000000000000')
