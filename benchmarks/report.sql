-- Runs of one to five visits, three on average, each with what its page and its servers report: ready and leave, five
-- vitals (layout shift twice), two requests with both sides, an error on one visit in twenty. Arrives as spans do:
-- enter, ready and leave each in rows of their own.
CREATE TABLE bench_visits ENGINE = Memory AS
SELECT
  number,
  toUUID(concat(substring(began, 1, 8), '-', substring(began, 9, 4), '-7', substring(chance, 1, 3), '-8', substring(chance, 4, 3), '-', substring(chance, 7, 12))) AS run_id,
  toDate(toDateTime(intDiv(at, 1000), 'UTC')) AS day,
  at,
  length_of_run,
  arrayJoin(range(1, length_of_run + 1)) AS visit_number,
  cityHash64(number, visit_number, 'visit') AS visit,
  ['product', 'cart', 'shipping', 'payment', 'confirmation'][visit_number] AS step,
  at * 1000 + visit_number * 40000000 + cityHash64(number, visit_number) % 30000000 AS entered
FROM (
  SELECT
    number,
    {start} + cityHash64(number + 7) % ({days} * 86400000) AS at,
    lower(hex(toUInt64(at))) AS began,
    lower(hex(sipHash128(number))) AS chance,
    1 + cityHash64(number, 'length') % 5 AS length_of_run
  FROM numbers({runs})
);

INSERT INTO throughline_visits (journey, day, run_id, visit, version, step, attempt, entered, number, behind, server, subject, device, network,
  country, ready_ms, ready_source, left, outcome, variants)
SELECT
  'checkout', day, run_id, visit, '1', step, 1, entered, visit_number, 0, 0, concat('subject-', toString(number % 300000)),
  ['mobile', 'desktop'][1 + cityHash64(number, 'device') % 2], ['wifi', 'cell'][1 + cityHash64(number, 'network') % 2],
  ['DE', 'FR', 'US'][1 + cityHash64(number, 'country') % 3], inf, '', 9223372036854775807, '',
  [concat('one-page=', ['control', 'one-page'][1 + cityHash64(number % 300000) % 2])]
FROM bench_visits;

INSERT INTO throughline_visits (journey, day, run_id, visit, version, step, attempt, entered, number, behind, server, subject, device, network,
  country, ready_ms, ready_source, left, outcome, variants)
SELECT
  'checkout', day, run_id, visit, '1', step, 1, 9223372036854775807, 0, 0, 0, '', '', '', '',
  300 + cityHash64(visit, 'ready') % 3000, 'app', 9223372036854775807, '', []
FROM bench_visits;

INSERT INTO throughline_visits (journey, day, run_id, visit, version, step, attempt, entered, number, behind, server, subject, device, network,
  country, ready_ms, ready_source, left, outcome, variants)
SELECT
  'checkout', day, run_id, visit, '1', step, 1, 9223372036854775807, 0, 0, 0, '', '', '', '', inf, '', entered + 30000000, 'completed', []
FROM bench_visits;

INSERT INTO throughline_outcomes
SELECT
  'checkout', day, run_id, server, 'converted', cityHash64(run_id, server), entered + 1000000,
  (entered + 1000000, 40., 'EUR'), '', '', if(server, 0, visit), step, 1
FROM bench_visits ARRAY JOIN [true, false] AS server
WHERE step = 'confirmation';

INSERT INTO throughline_vitals
SELECT
  'checkout', day, run_id, name, cityHash64(visit, name), fromUnixTimestamp64Micro(toInt64(entered + 1000000 * report), 'UTC'),
  if(name = 'cls', 0.01, 100) * (1 + cityHash64(visit, name) % 30 + report), 'navigate', step, 1, visit
FROM bench_visits ARRAY JOIN ['lcp', 'fcp', 'ttfb', 'inp', 'first-interaction', 'cls', 'cls'] AS name, [1, 1, 1, 1, 1, 1, 2] AS report
WHERE report < 2 OR visit % 2 = 0;

INSERT INTO throughline_errors
SELECT
  'checkout', day, run_id, fromUnixTimestamp64Micro(toInt64(entered + 2000000), 'UTC'), cityHash64(visit, 'error'), concat('f', toString(visit % 20)), 'TypeError',
  concat('error ', toString(visit % 20)), false, 1, 'shop-web', step, 1, visit
FROM bench_visits
WHERE cityHash64(visit, 'fails') % 20 = 0;

INSERT INTO throughline_calls
SELECT
  'checkout', server, day, run_id, fromUnixTimestamp64Micro(toInt64(entered + 500000 * request + server * 20000), 'UTC'), cityHash64(visit, request, server),
  cityHash64(visit, request), if(server, 60, 100) + cityHash64(visit, request) % 400, if(server, 'shop-api', 'shop-web'),
  concat('GET /api/', step, '/', toString(request)), cityHash64(visit, request, 'failed') % 50 = 0, 1, step, 1, visit
FROM bench_visits ARRAY JOIN [1, 1, 2, 2] AS request, [true, false, true, false] AS server;

INSERT INTO throughline_exposures
SELECT
  'one-page', day, run_id, fromUnixTimestamp64Micro(toInt64(entered + 1000), 'UTC'), cityHash64(visit, 'exposure'),
  ['control', 'one-page'][1 + cityHash64(number % 300000) % 2], concat('subject-', toString(number % 300000)), 'checkout'
FROM bench_visits
WHERE step = 'cart';

DROP TABLE bench_visits;
