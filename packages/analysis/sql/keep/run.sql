-- A run's rows stay together for as long as anything of the run is young enough. No row of an active run goes, so the
-- order in which tables are cleaned does not matter.
ALTER TABLE {table} DELETE
WHERE {began} < toDate(fromUnixTimestamp({before}), 'UTC') AND run_id NOT IN ({active})
SETTINGS mutations_sync = 2, allow_nondeterministic_mutations = 1
