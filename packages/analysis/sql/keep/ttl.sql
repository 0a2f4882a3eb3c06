-- A server drops whole days of spans and log records by itself.
ALTER TABLE {table} MODIFY TTL toDateTime(Timestamp) + toIntervalDay({days})
