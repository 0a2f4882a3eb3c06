-- The ways that regular runs went (direct.sql), and how many went each.
SELECT converted, going, reached, units
FROM report_direct
WHERE doubted = toUUID('00000000-0000-0000-0000-000000000000')
