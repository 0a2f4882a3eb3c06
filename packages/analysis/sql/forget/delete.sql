-- Parts are written anew without the rows. A lightweight DELETE would only mark them: they would stay on disk.
ALTER TABLE {table} DELETE WHERE {condition} SETTINGS mutations_sync = 2
