-- The two users that Throughline needs on a cluster; choose passwords. On a single server leave out ON CLUSTER and
-- `throughline_shard`.

-- The collector's: it only appends. A batch that it sends again after a lost answer is known by its hash
-- (Replicated tables keep the last ones). Without the first setting ClickHouse then skips the views as well: if the
-- server had died between the spans and a view, the view's rows would be missing for ever. With it, the batch goes on
-- to the views, whose tables know their own blocks (recent versions do so by default). An asynchronous insert mixes
-- batches, so that one that comes again is not the same block, and versions differ in what they allow beside the first
-- setting: they are off, here and in gateway.yaml, as the collector makes batches itself. With the third, a batch is
-- acknowledged once it is on its shards, not while it waits on the server that took it.
CREATE USER IF NOT EXISTS throughline_collector ON CLUSTER 'throughline' IDENTIFIED BY 'change me'
SETTINGS
  deduplicate_blocks_in_dependent_materialized_views = 1,
  async_insert = 0,
  distributed_foreground_insert = 1;
GRANT ON CLUSTER 'throughline' SELECT, INSERT ON throughline.* TO throughline_collector;
GRANT ON CLUSTER 'throughline' SELECT, INSERT ON throughline_shard.* TO throughline_collector;

-- Those who read reports. `readonly = 2` forbids every change but that of settings, which the report's queries need.
-- The last two grants are for the table functions `cluster` and `view`, by which questions about runs are computed on
-- the shards; on a single server SELECT is enough.
CREATE USER IF NOT EXISTS throughline_reader ON CLUSTER 'throughline' IDENTIFIED BY 'change me' SETTINGS readonly = 2;
GRANT ON CLUSTER 'throughline' SELECT ON throughline.* TO throughline_reader;
GRANT ON CLUSTER 'throughline' SELECT ON throughline_shard.* TO throughline_reader;
GRANT ON CLUSTER 'throughline' CREATE TEMPORARY TABLE ON *.* TO throughline_reader;
GRANT ON CLUSTER 'throughline' REMOTE ON *.* TO throughline_reader;
