-- How many numbered events of pages are missing, by browser, by variant and by step. A missing event is one of the
-- step of the event before it. Parameters: places (`journey step`, all that are declared), since and last (ms).
SELECT
  told.1 AS kind,
  told.2 AS value,
  count() AS pages,
  countIf(told.4 > 0) AS losing,
  sum(told.3) AS emitted,
  sum(told.4) AS missing
FROM (
  SELECT
    arrayMap(number -> steps[greatest(arrayLastIndex(known -> known < number, numbers), 1)], gone) AS lost,
    arrayJoin(arrayConcat(
      [('browser', browser, total, length(gone))],
      arrayMap(variant -> ('variant', variant, total, length(gone)), variants),
      arrayMap(
        step -> ('step', {places:Array(String)}[step], countEqual(steps, step) + countEqual(lost, step), countEqual(lost, step)),
        arrayFilter(step -> step > 0, arrayDistinct(steps))))) AS told
  FROM (
    SELECT
      browser, variants, total,
      arrayMap(mark -> toUInt32(bitShiftRight(mark, 32)), marks) AS numbers,
      arrayMap(mark -> indexOf(arrayMap(place -> toUInt32(cityHash64(place)), {places:Array(String)}), toUInt32(mark)), marks) AS steps,
      -- A page with thousands of events is not looked through to its end.
      if(total = length(numbers), [], arrayFilter(number -> NOT has(numbers, number), range(1, least(total, 10000) + 1))) AS gone
    FROM (
      SELECT
        page,
        max(of_browser) AS browser,
        groupUniqArrayArray(of_variants) AS variants,
        arraySort(groupUniqArrayArray(of_places)) AS marks,
        greatest(toUInt64(bitShiftRight(arrayMax(marks), 32)), max(accounted)) AS total
      FROM (
        SELECT page, toString(browser) AS of_browser, variants AS of_variants, places AS of_places, 0 AS accounted
        FROM throughline_pages
        WHERE day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
        UNION ALL
        -- What is on the way is not missing yet.
        SELECT page, '', []::Array(String), []::Array(UInt64), greatest(toInt64(emitted) - toInt64(pending), 0)
        FROM throughline_deliveries
        WHERE NOT server AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
      )
      GROUP BY page
      HAVING notEmpty(marks)
    )
  )
)
GROUP BY kind, value
ORDER BY kind, value
