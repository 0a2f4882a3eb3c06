-- What the filters and the breakdown of a report ask of each run, as `key=value`; runs without any are left out.
-- Parameters: journey, from and last (ms, of the day the run began), traits (keys of what visits hold: of a run, the
-- first value in the order of time counts), declared and attributes (keys of the config, and which resource or span
-- attribute each stands for), errors and endpoints (only those that are asked for).
--
-- A visit may still be in several parts, which are not merged here: what is asked is the same in each.
WITH {traits:Array(String)} AS keys
SELECT run_id, groupArray(concat(key, '=', value)) AS facts
FROM (
  SELECT run_id, key, argMin(told, moment) AS value
  FROM (
    SELECT
      run_id,
      bitShiftLeft(toUInt128(greatest(entered, 0)), 64) + visit AS moment,
      arrayJoin(keys) AS key,
      multiIf(
        key = 'browser', toString(browser),
        key = 'browser.version', toString(browser_version),
        key = 'os', toString(os),
        key = 'device', toString(device),
        key = 'network', toString(network),
        key = 'country', toString(country),
        key = 'language', toString(language),
        key = 'release', toString(release),
        -- `variant.<hypothesis>`, of `<hypothesis>=<variant>`.
        substring(
          arrayFirst(assigned -> startsWith(assigned, concat(substring(key, 9), '=')), arraySort(variants)),
          length(key) - 6)) AS told
    FROM throughline_visits
    WHERE journey = {journey:String} AND notEmpty({traits:Array(String)})
      AND day BETWEEN toDate(intDiv({from:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
  )
  WHERE told != ''
  GROUP BY run_id, key
  UNION ALL
  SELECT run_id, key, argMin(told, moment) AS value
  FROM (
    SELECT
      toUUIDOrZero(SpanAttributes['throughline.run.id']) AS run_id,
      (Timestamp, SpanId) AS moment,
      arrayJoin(arrayZip({declared:Array(String)}, {attributes:Array(String)})) AS asked,
      asked.1 AS key,
      if(SpanAttributes[asked.2] != '', SpanAttributes[asked.2], ResourceAttributes[asked.2]) AS told
    FROM otel_traces
    WHERE notEmpty({declared:Array(String)}) AND SpanAttributes['throughline.journey.name'] = {journey:String}
      -- A run may go on for long, so only its beginning bounds the spans.
      AND Timestamp >= fromUnixTimestamp64Milli({from:Int64} - 259200000)
      AND (hasAny(mapKeys(SpanAttributes), {attributes:Array(String)}) OR hasAny(mapKeys(ResourceAttributes), {attributes:Array(String)}))
  )
  WHERE told != ''
  GROUP BY run_id, key
  UNION ALL
  SELECT DISTINCT run_id, 'error', arrayJoin([fingerprint, toString(type)]) AS value
  FROM throughline_errors
  WHERE journey = {journey:String} AND notEmpty({errors:Array(String)})
    AND (has({errors:Array(String)}, fingerprint) OR has({errors:Array(String)}, type) OR has({errors:Array(String)}, ''))
    AND day BETWEEN toDate(intDiv({from:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
  UNION ALL
  SELECT DISTINCT run_id, 'endpoint', toString(endpoint) AS value
  FROM throughline_calls
  WHERE journey = {journey:String} AND server AND weight > 0 AND notEmpty({endpoints:Array(String)})
    AND (has({endpoints:Array(String)}, endpoint) OR has({endpoints:Array(String)}, ''))
    AND day BETWEEN toDate(intDiv({from:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
)
GROUP BY run_id
