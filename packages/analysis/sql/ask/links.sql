-- What became of each reported alias. Only `used` links two names of one subject:
--   forged  a browser said so, but `previous` was not the subject of any event of the same run or session
--   chain   `previous` is a known subject of another alias: known subjects are never merged, and nothing is linked
-- over two hops
--   later   an earlier alias gave `previous` to another subject (a device that several people use): the first keeps it
SELECT
  previous,
  known,
  multiIf(
    NOT believed, 'forged',
    has(groupUniqArrayIf(known, believed) OVER (), previous), 'chain',
    known != first_value(known) OVER (PARTITION BY previous ORDER BY NOT believed, earliest), 'later',
    'used') AS status,
  by_server
FROM (
  SELECT
    previous,
    known,
    max(is_believed) AS believed,
    max(server) AS by_server,
    minIf((time, event), is_believed) AS earliest
  FROM (
    SELECT
      previous, known, time, event, server,
      server
        OR (previous, run_id) IN (SELECT subject, run_id FROM throughline_subjects WHERE subject IN (SELECT previous FROM throughline_aliases))
        OR (session != '' AND (previous, session) IN (
          SELECT subject, session FROM throughline_subjects WHERE subject IN (SELECT previous FROM throughline_aliases))) AS is_believed
    FROM throughline_aliases
  )
  GROUP BY previous, known
)
