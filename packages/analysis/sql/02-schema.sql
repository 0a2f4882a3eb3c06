-- Which version of the tables below is here: the largest. `throughline schema` and `throughline dev` bring an older
-- one up to date.
CREATE TABLE IF NOT EXISTS throughline_schema (
  version UInt32,
  at DateTime DEFAULT now()
)
ENGINE = MergeTree
ORDER BY version;
