-- What became of the events of pages, and of server instances: a row for each of both that there is. Of each, at least
-- as many were emitted as its largest stored number and as its accounts say, which are cumulative; one of a killed page
-- that a later page gives knows only what was refused there. Five figures add up to that: stored; refused and dropped,
-- as the accounts say; and of the rest, on the way where there is a final account, else unaccounted for (a page that
-- was killed). Pages of version 1 number no events: what they say arrived counts as stored. Nor do servers, whose
-- accounts are all that is known.
SELECT
  is_server,
  count() AS pages,
  sum(sent) AS emitted,
  sum(here) AS delivered,
  sum(gone) AS refused,
  sum(lost) AS dropped,
  sum(if(final, rest, 0)) AS pending,
  sum(if(final, 0, rest)) AS unaccounted,
  sum(again) AS recovered,
  countIf(NOT final) AS withoutAccount,
  sum(ignored) AS errorsIgnored
FROM (
  SELECT
    max(emitted) AS said,
    arrayDistinct(groupArrayArray(numbers)) AS known,
    greatest(said, arrayMax(arrayPushBack(known, 0))) AS sent,
    said > 0 AND said >= arrayMax(arrayPushBack(known, 0)) AS final,
    least(if(empty(known), max(delivered), length(known)), sent) AS here,
    least(max(refused), sent - here) AS gone,
    least(max(dropped), sent - here - gone) AS lost,
    sent - here - gone - lost AS rest,
    max(recovered) AS again,
    max(errors_ignored) AS ignored,
    max(server) AS is_server
  FROM (
    SELECT
      page, emitted, delivered, dropped, pending, recovered, refused, errors_ignored, server, []::Array(UInt32) AS numbers
    FROM throughline_deliveries
    WHERE day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
    UNION ALL
    SELECT page, 0, 0, 0, 0, 0, 0, 0, false, numbers
    FROM throughline_pages
    WHERE day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
  )
  GROUP BY page
)
GROUP BY is_server
