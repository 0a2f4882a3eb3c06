ALTER TABLE {table} DELETE WHERE Timestamp < fromUnixTimestamp({before}) SETTINGS mutations_sync = 2
