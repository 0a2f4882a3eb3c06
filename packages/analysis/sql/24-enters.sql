-- The enters of each run that began in [since, until), in the order of the run. Parameters: journey, version, steps (declared order), since
-- and until (ms).
--
-- An enter is one number of 128 bits, so that most runs are put in order by sorting numbers:
--   index (32) | time in microseconds (56) | what decides between equal ones (24) | server (1) | place of the step, 1-based (15)
-- A browser's visits stand by index, then time, then id. Those of version 1 of the wire contract have no index: they stand by time, then place.
--
-- The order of a run, where it has more than one kind of enter:
--   a visit without an index stands directly before the first indexed one that starts after it;
--   what a server entered stands directly behind the visit whose index it names, or the largest index below it that is stored;
--   what a server entered without saying behind which visit (`floating`) counts wherever its step could have been entered.
-- Where no indexed visit is stored, no index can be stood behind; where a browser entered nothing, a server's enters stand by time.
CREATE OR REPLACE VIEW throughline_enters AS
SELECT
  run_id,
  subject,
  subjects,
  capped,
  multiIf(
    empty(visits), arraySort(enter -> (bitAnd(bitShiftRight(enter, 40), 72057594037927935), bitAnd(enter, 32767)), servers),
    NOT is_mixed, visits,
    arraySort(
      enter -> (
        multiIf(
          bitAnd(toUInt64(enter), 32768) > 0, arrayLastIndex(visit -> bitShiftRight(visit, 96) <= bitShiftRight(enter, 96), indexed) * 4 + 2,
          bitShiftRight(enter, 96) > 0, arrayFirstIndex(visit -> visit = enter, indexed) * 4 + 1,
          if(arrayFirstIndex(
              visit -> bitAnd(bitShiftRight(visit, 40), 72057594037927935) > bitAnd(bitShiftRight(enter, 40), 72057594037927935), indexed) AS next > 0,
            next, length(indexed) + 1) * 4),
        enter),
      arrayConcat(visits, arrayFilter(enter -> bitShiftRight(enter, 96) > 0, servers)))) AS enters,
  multiIf(empty(visits), [], empty(indexed), servers, arrayFilter(enter -> bitShiftRight(enter, 96) = 0, servers)) AS floating
FROM (
  SELECT
    run_id, subject, subjects, capped, visits, servers,
    -- Visits are sorted, so that the last tells whether any has an index, and the first whether any has none.
    notEmpty(visits) AND bitShiftRight(visits[-1], 96) > 0 AND (bitShiftRight(visits[1], 96) = 0 OR notEmpty(servers)) AS is_mixed,
    if(is_mixed, arrayFilter(enter -> bitShiftRight(enter, 96) > 0, visits), []) AS indexed
  FROM (
    SELECT
      run_id, subject, subjects,
      length(browser) > 1000 AND length(arrayCompact(browser)) > 1000 AS capped,
      arraySlice(arrayCompact(browser), 1, 1000) AS visits,
      arraySlice(arraySort(arrayDistinct(server_enters)), 1, 100) AS servers
    FROM (
      SELECT
        run_id,
        argMinIf(person, packed, person != '') AS subject,
        groupUniqArrayIf(person, person != '') AS subjects,
        arraySort(groupArrayIf(65536)(packed, NOT server)) AS browser,
        groupArrayIf(65536)(packed, server) AS server_enters
      FROM (
        SELECT
          day,
          run_id,
          server,
          subject AS person,
          if(server, visit_after, visit_index) AS number,
          transform(step, {steps:Array(String)}, arrayEnumerate({steps:Array(String)}), 0) AS place,
          toUInt64(toUnixTimestamp64Micro(time)) AS clock,
          bitShiftLeft(toUInt128(bitShiftLeft(toUInt64(number), 32) + bitShiftRight(clock, 24)), 64)
            + (bitShiftLeft(clock, 40) + bitShiftLeft(if(number = 0, toUInt64(place), bitShiftRight(visit, 40)), 16) + server * 32768 + place) AS packed
        FROM throughline_steps
        WHERE journey = {journey:String} AND kind = 'enter' AND version = {version:String} AND step IN {steps:Array(String)}
          AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
          -- Any time fits its bits.
          AND time > toDateTime64(0, 6, 'UTC') AND time < toDateTime64('2200-01-01 00:00:00', 6, 'UTC')
      )
      GROUP BY run_id
      HAVING toUnixTimestamp64Milli(UUIDv7ToDateTime(run_id, 'UTC')) >= {since:Int64}
        AND toUnixTimestamp64Milli(UUIDv7ToDateTime(run_id, 'UTC')) < {until:Int64}
        AND toDate(UUIDv7ToDateTime(run_id, 'UTC')) = min(day)
    )
  )
);
