ALTER TABLE {table} DELETE WHERE day < toDate(fromUnixTimestamp({before}), 'UTC') SETTINGS mutations_sync = 2
