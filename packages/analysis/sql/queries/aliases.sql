-- How many reported aliases link two names, and how many do not, by why.
SELECT
  countIf(status = 'used') AS used,
  countIf(status = 'later') AS later,
  countIf(status = 'chain') AS chained,
  countIf(status = 'forged') AS forged
FROM throughline_links
