-- Which anonymous subject became which known one.
CREATE TABLE IF NOT EXISTS throughline_aliases (
  previous String,
  time Int64,
  event UInt64,
  known String,
  run_id UUID,
  server Bool,
  session String
)
ENGINE = ReplacingMergeTree
ORDER BY (previous, time, event, known);

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_aliases_view TO throughline_aliases AS
SELECT
  attributes['throughline.subject.previous'] AS previous,
  time,
  event,
  subject AS known,
  run_id,
  server,
  resource['session.id'] AS session
FROM throughline_rare_events
WHERE name = 'throughline.alias' AND previous != '' AND known != '' AND previous != known;

-- In which runs and sessions each subject was seen: what a browser says of an alias is believed only there.
CREATE TABLE IF NOT EXISTS throughline_subjects (
  subject String,
  run_id UUID,
  session String
)
ENGINE = ReplacingMergeTree
ORDER BY (subject, run_id, session);

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_subjects_view TO throughline_subjects AS
SELECT subject, run_id, resource['session.id'] AS session
FROM throughline_events
WHERE name IN ('throughline.step.enter', 'throughline.exposure', 'throughline.run.end') AND subject != '';
